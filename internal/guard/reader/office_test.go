package reader

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	bobsName    = "Bob Stone"
	bobsAccount = "17730951"
)

// shows says whether a view has want, with any space between its words; a
// number must stand where it is not taken for a measure.
func shows(views []View, want string) bool {
	words := strings.Split(regexp.QuoteMeta(want), " ")
	pattern := regexp.MustCompile(`(?:^|[^\pL\pN])` + strings.Join(words, `[\s]+`) + `(?:$|[^\pL\pN])`)
	for _, v := range views {
		if (!v.Markup || want != bobsAccount) && pattern.Match(v.Text) {
			return true
		}
	}
	return false
}

// The namespaces of the parts.
const (
	wordSpace  = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	drawSpace  = ` xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"`
	slideSpace = ` xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	sheetSpace = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	relsSpace  = ` xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	chartSpace = ` xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`
	openSpace  = ` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
		` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"` +
		` xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"`
)

const xmlStart = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const contentTypes = xmlStart + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`

// wordOf makes a text document of the body's content and further parts.
func wordOf(body string, parts ...string) string {
	return zipOf(append([]string{
		"[Content_Types].xml", contentTypes,
		"word/document.xml", xmlStart + "<w:document" + wordSpace + drawSpace + "><w:body>" + body + "</w:body></w:document>",
	}, parts...)...)
}

func paragraph(content string) string { return "<w:p>" + content + "</w:p>" }

func run(text string) string { return "<w:r><w:t>" + text + "</w:t></w:r>" }

// bookOf makes a spreadsheet of a sheet's rows and further parts.
func bookOf(rows string, parts ...string) string {
	return zipOf(append([]string{
		"[Content_Types].xml", contentTypes,
		"xl/workbook.xml", xmlStart + "<workbook" + sheetSpace + `><sheets><sheet name="Sheet1" sheetId="1" state="veryHidden"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml", xmlStart + "<worksheet" + sheetSpace + "><sheetData>" + rows + "</sheetData></worksheet>",
	}, parts...)...)
}

// stringsOf makes the table of shared strings.
func stringsOf(items string) string {
	return xmlStart + "<sst" + sheetSpace + ">" + items + "</sst>"
}

// slidesOf makes a presentation of one slide's shapes and further parts.
func slidesOf(shapes string, parts ...string) string {
	return zipOf(append([]string{
		"[Content_Types].xml", contentTypes,
		"ppt/slides/slide1.xml", xmlStart + "<p:sld" + slideSpace + drawSpace + "><p:cSld><p:spTree>" + shapes + "</p:spTree></p:cSld></p:sld>",
	}, parts...)...)
}

// openOf makes an OpenDocument package of the body's content and further parts.
func openOf(body string, parts ...string) string {
	return zipOf(append([]string{
		"mimetype", "application/vnd.oasis.opendocument.text",
		"content.xml", xmlStart + "<office:document-content" + openSpace + "><office:body>" + body + "</office:body></office:document-content>",
	}, parts...)...)
}

// places are where a text stands in office documents. Each is made of a text
// that is all in one place; %1 and %2 are its two parts, % all of it.
var places = []struct{ name, file, content string }{
	{"paragraph", "a.docx", wordOf(paragraph(run("see %.")))},
	{"two runs", "a.docx", wordOf(paragraph(run("see %1") + `<w:proofErr w:type="spellStart"/>` + run("%2")))},
	{"runs of a link", "a.docx", wordOf(paragraph(run("see %1") + `<w:hyperlink>` + run("%2") + `</w:hyperlink>`))},
	{"smart tag and control", "a.docx", wordOf(paragraph(`<w:sdt><w:sdtContent>` + run("%1") + `</w:sdtContent></w:sdt><w:smartTag>` + run("%2") + `</w:smartTag>`))},
	{"around a footnote", "a.docx", wordOf(paragraph(run("%1") + `<w:r><w:footnoteReference w:id="2"/></w:r>` + run("%2")))},
	{"around a text box", "a.docx", wordOf(paragraph(run("%1") + "<w:r><w:pict><w:txbxContent>" + paragraph(run("box")) + "</w:txbxContent></w:pict></w:r>" + run("%2")))},
	{"in a text box", "a.docx", wordOf(paragraph(run("x") + "<w:r><w:pict><w:txbxContent>" + paragraph(run("%1")+run("%2")) + "</w:txbxContent></w:pict></w:r>" + run("x")))},
	{"deleted", "a.docx", wordOf(paragraph(run("see ") + "<w:del><w:r><w:delText>%</w:delText></w:r></w:del>" + run(" below")))},
	{"deleted in part", "a.docx", wordOf(paragraph(run("see %1") + "<w:del><w:r><w:delText>%2</w:delText></w:r></w:del><w:ins>" + run("x") + "</w:ins>"))},
	{"joined by a deletion", "a.docx", wordOf(paragraph(run("see %1") + "<w:del><w:r><w:delText>xyz</w:delText></w:r></w:del>" + run("%2")))},
	{"inserted in part", "a.docx", wordOf(paragraph(run("see %1") + "<w:ins>" + run("%2") + "</w:ins>"))},
	{"moved", "a.docx", wordOf(paragraph("<w:moveFrom>" + run("%1") + run("%2") + "</w:moveFrom><w:moveTo>" + run("x") + "</w:moveTo>"))},
	{"hidden", "a.docx", wordOf(paragraph("<w:r><w:rPr><w:vanish/></w:rPr><w:t>%</w:t></w:r>"))},
	{"joined by hidden text", "a.docx", wordOf(paragraph(run("%1") + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>xyz</w:t></w:r>" + run("%2")))},
	{"not hidden", "a.docx", wordOf(paragraph(run("%1") + `<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>%2</w:t></w:r>` + "<w:r><w:rPr><w:vanish/></w:rPr><w:t>xyz</w:t></w:r>"))},
	{"field, its instruction in runs", "a.docx", wordOf(paragraph("<w:r><w:instrText>HYPERLINK \"mailto:%1</w:instrText></w:r><w:r><w:instrText>%2\"</w:instrText></w:r>" + run("x")))},
	{"field in short", "a.docx", wordOf(paragraph(`<w:fldSimple w:instr="DOCVARIABLE % x">` + run("x") + "</w:fldSimple>"))},
	{"list to choose from", "a.docx", wordOf(paragraph(`<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="%" w:value="x"/></w:dropDownList></w:sdtPr></w:sdt>`))},
	{"symbol", "a.docx", wordOf(paragraph(run("%1") + `<w:r><w:sym w:font="Symbol" w:char="F020"/></w:r>` + run("x %")))},
	{"header", "a.docx", wordOf("", "word/header1.xml", "<w:hdr"+wordSpace+">"+paragraph(run("%1")+run("%2"))+"</w:hdr>")},
	{"footnotes", "a.docx", wordOf("", "word/footnotes.xml", "<w:footnotes"+wordSpace+"><w:footnote>"+paragraph(run("%1")+run("%2"))+"</w:footnote></w:footnotes>")},
	{"comments", "a.docx", wordOf("", "word/comments.xml", "<w:comments"+wordSpace+"><w:comment>"+paragraph(run("%1")+run("%2"))+"</w:comment></w:comments>")},
	{"author of a comment", "a.docx", wordOf("", "word/comments.xml", "<w:comments"+wordSpace+` ><w:comment w:id="0" w:author="x (%)"/></w:comments>`)},
	{"people", "a.docx", wordOf("", "word/people.xml", `<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"><w15:person w15:author="x"><w15:presenceInfo w15:providerId="AD" w15:userId="S::%::0"/></w15:person></w15:people>`)},
	{"variables", "a.docx", wordOf("", "word/settings.xml", "<w:settings"+wordSpace+`><w:docVars><w:docVar w:name="x" w:val="%"/></w:docVars></w:settings>`)},
	{"mail merge", "a.docx", wordOf("", "word/settings.xml", "<w:settings"+wordSpace+`><w:mailMerge><w:query w:val="SELECT * FROM x WHERE y = '%'"/></w:mailMerge></w:settings>`)},
	{"core properties", "a.docx", wordOf("", "docProps/core.xml", `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>%</dc:creator></cp:coreProperties>`)},
	{"application properties", "a.xlsx", bookOf("", "docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Manager>%</Manager></Properties>`)},
	{"custom properties", "a.pptx", slidesOf("", "docProps/custom.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property name="x"><vt:lpwstr>%</vt:lpwstr></property></Properties>`)},
	{"custom XML", "a.docx", wordOf("", "customXml/item1.xml", "<data><x>%1<b>%2</b></x></data>")},
	{"custom XML, attribute", "a.docx", wordOf("", "customXml/item1.xml", `<data x="%"/>`)},
	{"custom XML in UTF-16", "a.docx", wordOf("", "customXml/item1.xml", "\xFE\xFF"+utf16Of(`<?xml version="1.0" encoding="utf-16"?><data x="%"/>`))},
	{"document in UTF-16", "a.docx", wordOf("", "word/header2.xml", "\xFE\xFF"+utf16Of(`<?xml version="1.0" encoding="UTF-16"?><w:hdr`+wordSpace+">"+paragraph(run("%"))+"</w:hdr>"))},
	{"target of a link", "a.docx", wordOf("", "word/_rels/document.xml.rels", "<Relationships"+relsSpace+`><Relationship Id="rId1" Target="https://x.example/?to=%&amp;x" TargetMode="External"/></Relationships>`)},
	{"template it was made from", "a.docx", wordOf("", "word/_rels/settings.xml.rels", "<Relationships"+relsSpace+`><Relationship Id="rId1" Target="file:///C:/for %/x.dotx" TargetMode="External"/></Relationships>`)},
	{"comment in the XML", "a.docx", wordOf("<!-- % -->")},
	{"instruction in the XML", "a.docx", wordOf("<?x % y?>")},
	{"document in Latin-1", "a.docx", wordOf("", "word/header2.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><w:hdr`+wordSpace+">"+paragraph(run("J\xF6rg %1")+run("%2"))+"</w:hdr>")},
	{"text piece of its own", "a.docx", wordOf("", "word/afchunk.htm", "<p>%1<b>%2</b></p>")},
	{"chart", "a.docx", wordOf("", "word/charts/chart1.xml", "<c:chartSpace"+chartSpace+"><c:strCache><c:pt idx=\"0\"><c:v>%</c:v></c:pt></c:strCache></c:chartSpace>")},
	{"embedded book", "a.docx", wordOf("", "word/embeddings/Microsoft_Excel_Sheet.xlsx", bookOf(`<row><c t="inlineStr"><is><t>%</t></is></c></row>`))},
	{"name of a part", "a.docx", wordOf("", "word/media/%.xml", "<x/>")},
	{"drawing of earlier editions", "a.docx", wordOf("", "word/vmlDrawing1.vml", `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape alt="x"><v:textbox><div><font>%1</font><font>%2</font></div></v:textbox></v:shape></xml>`)},
	{"drawing for later editions", "a.docx", wordOf(`<w:pict gfxdata="` + "{{" + `"/>`)},
	{"strict edition", "a.docx", wordOf("", "word/header3.xml", `<w:hdr xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">`+paragraph(run("%1")+run("%2"))+"</w:hdr>")},

	{"shared string", "a.xlsx", bookOf(`<row><c t="s"><v>0</v></c></row>`, "xl/sharedStrings.xml", stringsOf("<si><t>%</t></si>"))},
	{"shared string in runs", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf("<si><r><t>see %1</t></r><r><rPr><b/></rPr><t>%2</t></r></si>"))},
	{"shared string with phonetic text", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf("<si><r><t>see %1</t></r><rPh><t>xyz</t></rPh><r><t>%2</t></r></si>"))},
	{"strings under another name", "a.xlsx", bookOf("", "xl/strings.xml", stringsOf("<si><t>%</t></si>"), "xl/sharedStrings.xml", stringsOf("<si><t>x</t></si>"))},
	{"phonetic text", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf("<si><t>x</t><rPh><t>%</t></rPh></si>"))},
	{"inline string", "a.xlsx", bookOf(`<row hidden="1"><c t="inlineStr"><is><r><t>%1</t></r><r><t>%2</t></r></is></c></row>`)},
	{"result of a formula", "a.xlsx", bookOf(`<row><c t="str"><f>A10&amp;B10</f><v>%</v></c></row>`)},
	{"formula", "a.xlsx", bookOf(`<row><c><f>IF(A1="%",1,2)</f><v>1</v></c></row>`)},
	{"name of a sheet", "a.xlsx", bookOf("", "xl/workbook2.xml", "<workbook"+sheetSpace+`><sheets><sheet name="for %"/></sheets></workbook>`)},
	{"defined name", "a.xlsx", bookOf("", "xl/workbook2.xml", "<workbook"+sheetSpace+`><definedNames><definedName name="x">"%"</definedName></definedNames></workbook>`)},
	{"list of allowed values", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><dataValidations><dataValidation sqref="A1"><formula1>"x,%"</formula1></dataValidation></dataValidations></worksheet>`)},
	{"prompt", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><dataValidations><dataValidation prompt="ask % first"/></dataValidations></worksheet>`)},
	{"styles in a header of a sheet", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><headerFooter><oddFooter>&amp;CPage &amp;P&amp;R%1&amp;"Arial,Bold"%2&amp;K00FF00</oddFooter></headerFooter></worksheet>`)},
	{"header of a sheet", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><headerFooter><oddHeader>&amp;L%</oddHeader></headerFooter></worksheet>`)},
	{"note", "a.xlsx", bookOf("", "xl/comments1.xml", "<comments"+sheetSpace+`><authors><author>x</author></authors><commentList><comment ref="A1"><text><r><t>%1</t></r><r><t>%2</t></r></text></comment></commentList></comments>`)},
	{"author of a note", "a.xlsx", bookOf("", "xl/comments1.xml", "<comments"+sheetSpace+`><authors><author>%</author></authors></comments>`)},
	{"threaded comment", "a.xlsx", bookOf("", "xl/threadedComments/threadedComment1.xml", `<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment><text>ask %</text></threadedComment></ThreadedComments>`)},
	{"persons", "a.xlsx", bookOf("", "xl/persons/person.xml", `<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><person displayName="x" userId="(%)"/></personList>`)},
	{"external link", "a.xlsx", bookOf("", "xl/externalLinks/externalLink1.xml", "<externalLink"+sheetSpace+`><externalBook><sheetDataSet><sheetData><row r="1"><cell r="A1" t="str"><v>%</v></cell></row></sheetData></sheetDataSet></externalBook></externalLink>`)},
	{"items of a pivot cache", "a.xlsx", bookOf("", "xl/pivotCache/pivotCacheDefinition1.xml", "<pivotCacheDefinition"+sheetSpace+`><cacheFields><cacheField name="x"><sharedItems><s v="%"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>`)},
	{"records of a pivot cache", "a.xlsx", bookOf("", "xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords"+sheetSpace+`><r><s v="%"/></r></pivotCacheRecords>`)},
	{"log of changes", "a.xlsx", bookOf("", "xl/revisions/revisionLog1.xml", "<revisions"+sheetSpace+`><rcc><oc t="inlineStr"><is><t>%</t></is></oc></rcc></revisions>`)},
	{"table", "a.xlsx", bookOf("", "xl/tables/table1.xml", "<table"+sheetSpace+`><tableColumns><tableColumn id="1" name="x %"/></tableColumns></table>`)},
	{"data of the printer", "a.xlsx", bookOf("", "xl/printerSettings/printerSettings1.bin", "\x01\x02\x03% \x00\x01")},
	{"data of the printer, wide", "a.xlsx", bookOf("", "xl/printerSettings/printerSettings1.bin", "\x01\x02\x03\x00"+utf16Of("%")+"\x00\x01")},
	{"data of the printer, wide and shifted", "a.xlsx", bookOf("", "xl/printerSettings/printerSettings1.bin", "\x01\x02\x03"+utf16Of("%")+"\x00\x01")},
	{"connection", "a.xlsx", bookOf("", "xl/connections.xml", "<connections"+sheetSpace+`><connection><dbPr connection="x" command="SELECT '%'"/></connection></connections>`)},

	{"slide", "a.pptx", slidesOf("<p:txBody><a:p><a:r><a:t>see %1</a:t></a:r><a:r><a:rPr b=\"1\"/><a:t>%2</a:t></a:r></a:p></p:txBody>")},
	{"alternative text", "a.pptx", slidesOf(`<p:nvSpPr><p:cNvPr id="2" name="x" descr="photo of %"/></p:nvSpPr>`)},
	{"speaker's notes", "a.pptx", slidesOf("", "ppt/notesSlides/notesSlide1.xml", "<p:notes"+slideSpace+drawSpace+"><a:p><a:r><a:t>%1</a:t></a:r><a:r><a:t>%2</a:t></a:r></a:p></p:notes>")},
	{"slide master", "a.pptx", slidesOf("", "ppt/slideMasters/slideMaster1.xml", "<p:sldMaster"+slideSpace+drawSpace+"><a:p><a:fld><a:t>%</a:t></a:fld></a:p></p:sldMaster>")},
	{"slide comment", "a.pptx", slidesOf("", "ppt/comments/comment1.xml", "<p:cmLst"+slideSpace+`><p:cm><p:text>ask %</p:text></p:cm></p:cmLst>`)},
	{"author of slide comments", "a.pptx", slidesOf("", "ppt/commentAuthors.xml", "<p:cmAuthorLst"+slideSpace+`><p:cmAuthor id="1" name="x (%)"/></p:cmAuthorLst>`)},
	{"diagram", "a.pptx", slidesOf("", "ppt/diagrams/data1.xml", `<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"`+drawSpace+`><dgm:pt><dgm:t><a:p><a:r><a:t>%1</a:t></a:r><a:r><a:t>%2</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>`)},
	{"tag", "a.pptx", slidesOf("", "ppt/tags/tag1.xml", "<p:tagLst"+slideSpace+`><p:tag name="x" val="%"/></p:tagLst>`)},

	{"text", "a.odt", openOf("<text:p>see %.</text:p>")},
	{"spans", "a.odt", openOf("<text:p>see %1<text:span>%2</text:span></text:p>")},
	{"around an annotation", "a.odt", openOf("<text:p>%1<office:annotation><dc:creator>x</dc:creator><text:p>y</text:p></office:annotation>%2</text:p>")},
	{"annotation", "a.odt", openOf("<text:p>x<office:annotation><text:p>%1<text:span>%2</text:span></text:p></office:annotation>y</text:p>")},
	{"author of an annotation", "a.odt", openOf("<text:p>x<office:annotation><dc:creator>%</dc:creator></office:annotation>y</text:p>")},
	{"around a note", "a.odt", openOf("<text:p>%1<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>y</text:p></text:note-body></text:note>%2</text:p>")},
	{"around a picture", "a.odt", openOf("<text:p>%1<draw:frame><draw:text-box><text:p>y</text:p></draw:text-box></draw:frame>%2</text:p>")},
	{"tracked deletion", "a.odt", openOf(`<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><office:change-info><dc:creator>x</dc:creator></office:change-info><text:p>%</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>x</text:p>`)},
	{"tracked deletion in part", "a.odt", openOf(`<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><office:change-info><dc:creator>x</dc:creator></office:change-info><text:p>%2</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>%1<text:change text:change-id="ct1"/></text:p>`)},
	{"tracked deletion of two paragraphs", "a.odt", openOf(`<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><text:p>%2</text:p><text:p>x</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>%1<text:change text:change-id="ct1"/></text:p>`)},
	{"link", "a.odt", openOf(`<text:p><text:a xlink:href="mailto:%">x</text:a></text:p>`)},
	{"hidden section", "a.odt", openOf(`<text:section text:display="none"><text:p>%1<text:s text:c="0"/>x</text:p><text:p>%</text:p></text:section>`)},
	{"hidden text", "a.odt", openOf(`<text:p><text:hidden-text text:string-value="%" text:is-hidden="true"/></text:p>`)},
	{"header of a page", "a.odt", openOf("", "styles.xml", "<office:document-styles"+openSpace+"><text:p>%1<text:span>%2</text:span></text:p></office:document-styles>")},
	{"title", "a.odt", openOf("", "meta.xml", "<office:document-meta"+openSpace+"><office:meta><dc:title>%</dc:title></office:meta></office:document-meta>")},
	{"property", "a.odt", openOf("", "meta.xml", "<office:document-meta"+openSpace+`><office:meta><meta:user-defined meta:name="x">%</meta:user-defined></office:meta></office:document-meta>`)},
	{"settings", "a.odt", openOf("", "settings.xml", "<office:document-settings"+openSpace+`><config xmlns="urn:oasis:names:tc:opendocument:xmlns:config:1.0">%</config></office:document-settings>`)},
	{"embedded object", "a.odt", openOf("", "Object 1/content.xml", "<office:document-content"+openSpace+"><text:p>%1<text:span>%2</text:span></text:p></office:document-content>")},
	{"RDF", "a.odt", openOf("", "manifest.rdf", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="%"/></rdf:RDF>`)},
	{"data of the layout", "a.odt", openOf("", "layout-cache", "\x01 % \x02\x00")},
	{"cell", "a.ods", openOf(`<table:table table:name="x" table:display="false"><table:table-row table:visibility="collapse"><table:table-cell><text:p>%1<text:span>%2</text:span></text:p></table:table-cell></table:table-row></table:table>`)},
	{"value", "a.ods", openOf(`<table:table><table:table-row><table:table-cell office:value-type="string" office:string-value="%"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`)},
	{"formula in OpenDocument", "a.ods", openOf(`<table:table><table:table-row><table:table-cell table:formula="of:=IF([.A1]=&quot;%&quot;;1;2)"/></table:table-row></table:table>`)},
	{"name of a table", "a.ods", openOf(`<table:table table:name="for %"/>`)},
	{"allowed values in OpenDocument", "a.ods", openOf(`<table:content-validations><table:content-validation table:condition="of:cell-content-is-in-list(&quot;x&quot;;&quot;%&quot;)"/></table:content-validations>`)},
	{"notes of a slide", "a.odp", openOf("<draw:page><draw:notes><text:p>%1<text:span>%2</text:span></text:p></draw:notes></draw:page>")},
	{"picture's title", "a.odp", openOf(`<draw:page><draw:frame><title>%1</title><title>see %</title></draw:frame></draw:page>`)},
}

// plant puts a text in a place: the parts of a package are packed anew.
func plant(t *testing.T, document, text string) string {
	t.Helper()
	half := len(text) / 2
	shape := zipOf("[Content_Types].xml", contentTypes, "drs/shapexml.xml", "<a:p"+drawSpace+"><a:r><a:t>"+text+"</a:t></a:r></a:p>")
	fill := strings.NewReplacer("%1", text[:half], "%2", text[half:], "%", text, "{{", base64Of(shape),
		utf16Of("%"), utf16Of(text)).Replace
	var pairs []string
	for _, m := range membersOf(t, document) {
		content := fill(string(m.content))
		if strings.HasSuffix(m.name, ".xlsx") {
			content = plant(t, string(m.content), text)
		}
		pairs = append(pairs, fill(m.name), content)
	}
	return zipOf(pairs...)
}

func membersOf(t *testing.T, document string) (members []file) {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(document), int64(len(document)))
	must(err)
	for _, f := range z.File {
		in, err := f.Open()
		must(err)
		content, err := io.ReadAll(in)
		must(err)
		members = append(members, file{name: f.Name, content: content})
	}
	return members
}

func TestOfficePlaces(t *testing.T) {
	for _, p := range places {
		t.Run(p.file+", "+p.name, func(t *testing.T) {
			for _, want := range []string{bob, bobsName, bobsAccount} {
				if want == bobsAccount && strings.Contains(p.name, "data of ") {
					continue
				}
				if views := text(t, p.file, "", plant(t, p.content, want)); !shows(views, want) {
					t.Errorf("%s is not in %v", want, views)
				}
			}
			if views := text(t, p.file, "", plant(t, p.content, "ann@a.example")); shows(views, bob) {
				t.Errorf("found without being there: %v", views)
			}
		})
	}
}

const pivotRels = "<Relationships" + relsSpace + `><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotCacheRecords" Target="pivotCacheRecords1.xml"/></Relationships>`

// Tables: what stands in several cells, or is not stored as it is shown.
func TestOfficeTables(t *testing.T) {
	styles := func(code string) string {
		return "<styleSheet" + sheetSpace + `><numFmts><numFmt numFmtId="170" formatCode="` + code + `"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs></styleSheet>`
	}
	tests := []struct{ name, file, content, want string }{
		{"name in two shared strings", "a.xlsx", bookOf(`<row><c t="s"><v>1</v></c><c t="s"><v>0</v></c></row>`, "xl/sharedStrings.xml", stringsOf("<si><t>Stone</t></si><si><r><t>B</t></r><r><t>ob</t></r></si>")), "\nBob\tStone\n"},
		{"empty shared string", "a.xlsx", bookOf(`<row><c t="s"><v>2</v></c><c t="s"><v>1</v></c></row>`, "xl/sharedStrings.xml", stringsOf("<si/><si><t>Stone</t></si><si><t>Bob</t></si>")), "Bob\tStone\n"},
		{"rows are lines", "a.xlsx", bookOf(`<row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row><c><v>1</v></c></row>`), "a\tb\n1\n"},
		{"number with an exponent", "a.xlsx", bookOf(`<row><c><v>1.7730951E7</v></c></row>`), "17730951\n"},
		{"number with a point", "a.xlsx", bookOf(`<row><c t="n"><v>17730951.0</v></c></row>`), "17730951\n"},
		{"number with leading noughts", "a.xlsx", bookOf(`<row><c s="1"><v>7730951</v></c></row>`, "xl/styles.xml", styles("0000000000")), "0007730951\n"},
		{"number with a prefix", "a.xlsx", bookOf(`<row><c s="1"><v>7730951</v></c></row>`, "xl/styles.xml", styles("&quot;KX-&quot;0000000")), "KX-7730951\n"},
		{"number in groups", "a.xlsx", bookOf(`<row><c s="1"><v>123456789</v></c></row>`, "xl/styles.xml", styles(`000\-00\-0000`)), "123-45-6789\n"},
		{"number longer than its format", "a.xlsx", bookOf(`<row><c s="1"><v>7730951</v></c></row>`, "xl/styles.xml", styles(`&quot;KX-&quot;#0`)), "KX-7730951\n"},
		{"number beyond all measure", "a.xlsx", bookOf(`<row><c><v>1E300</v></c></row>`), "1E300\n"},
		{"string that no cell shows", "a.xlsx", bookOf(`<row><c t="s"><v>0</v></c></row>`, "xl/sharedStrings.xml", stringsOf("<si><t>x</t></si><si><t>y</t></si>")), "\ny\n"},
		{"ampersand in a header of a sheet", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><oddHeader>&amp;LA&amp;&amp;B</oddHeader></worksheet>`), "\nA&B\n"},
		{"file within the XML", "a.odt", openOf(`<office:binary-data>` + base64Of(wordOf(paragraph(run("bob@")+run("b.example")))) + `</office:binary-data>`), bob},
		{"words for a count", "a.docx", wordOf("", "docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Words>Bob Stone</Words></Properties>`), "Bob Stone\n"},
		{"number as stored", "a.xlsx", bookOf(`<row><c s="1"><v>7730951</v></c></row>`, "xl/styles.xml", styles(`000\-0000`)), "7730951"},
		{"escape", "a.xlsx", bookOf(`<row><c t="str"><v>bob_x0040_b.example</v></c></row>`), bob + "\n"},
		{"escaped escape", "a.xlsx", bookOf(`<row><c t="str"><v>bob_x005F_x0040_b</v></c></row>`), "bob_x0040_b\n"},
		{"number of a chart", "a.docx", wordOf("", "word/charts/chart1.xml", "<c:chartSpace"+chartSpace+`><c:numCache><c:pt><c:v>1.7730951E7</c:v></c:pt></c:numCache></c:chartSpace>`), "17730951\n"},
		{"row of a pivot cache", "a.xlsx", bookOf("",
			"xl/pivotCache/pivotCacheDefinition1.xml", "<pivotCacheDefinition"+sheetSpace+`><cacheFields><cacheField name="First"><sharedItems><s v="Ann"/><s v="Bob"/></sharedItems></cacheField><cacheField name="Last"><sharedItems><s v="Stone"/><s v="Lee"/></sharedItems></cacheField><cacheField name="Account"><sharedItems/></cacheField></cacheFields></pivotCacheDefinition>`,
			"xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords"+sheetSpace+`><r><x v="0"/><x v="1"/><n v="1"/></r><r><x v="1"/><x v="0"/><n v="1.7730951E7"/></r></pivotCacheRecords>`,
			"xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels", pivotRels), "\nBob\tStone\t17730951\t"},
		{"row of a pivot cache, named from the root", "a.xlsx", bookOf("",
			"xl/pivotCache/pivotCacheDefinition1.xml", "<pivotCacheDefinition"+sheetSpace+`><cacheFields><cacheField name="Account"><sharedItems><n v="17730951"/></sharedItems></cacheField></cacheFields></pivotCacheDefinition>`,
			"xl/pivotCache/pivotCacheRecords1.xml", "<pivotCacheRecords"+sheetSpace+`><r><x v="0"/><s v="Bob"/></r></pivotCacheRecords>`,
			"xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels", strings.Replace(pivotRels, "pivotCacheRecords1.xml", "/xl/pivotCache/pivotCacheRecords1.xml", 1)), "17730951\tBob"},
		{"table of a text", "a.docx", wordOf("<w:tbl><w:tr><w:tc>" + paragraph(run("Bob")) + "</w:tc><w:tc>" + paragraph(run("Stone")) + "</w:tc></w:tr></w:tbl>"), "Bob\tStone\n"},
		{"table of a slide", "a.pptx", slidesOf("<a:tbl><a:tr><a:tc><a:p><a:r><a:t>Bob</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>Stone</a:t></a:r></a:p></a:tc></a:tr></a:tbl>"), "Bob\tStone\n"},
		{"OpenDocument table", "a.ods", openOf(`<table:table><table:table-row><table:table-cell><text:p>Bob</text:p></table:table-cell><table:table-cell/><table:table-cell><text:p>Stone</text:p></table:table-cell></table:table-row></table:table>`), "Bob\tStone\n"},
		{"OpenDocument number", "a.ods", openOf(`<table:table><table:table-row><table:table-cell office:value-type="float" office:value="17730951"><text:p>1.77E+07</text:p></table:table-cell></table:table-row></table:table>`), "float\t17730951\t"},
		{"symbol", "a.docx", wordOf(paragraph(run("bob") + `<w:r><w:sym w:font="Symbol" w:char="F040"/></w:r>` + run("b.example"))), bob},
		{"hyphen", "a.docx", wordOf(paragraph(run("KX") + "<w:r><w:noBreakHyphen/></w:r>" + run("7730951"))), "KX-7730951"},
		{"space", "a.odt", openOf(`<text:p>Bob<text:s/>Stone</text:p>`), bobsName},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, v := range text(t, test.file, "", test.content) {
				if !v.Markup && bytes.Contains(append([]byte("\n"), v.Text...), []byte(test.want)) {
					return
				}
			}
			t.Errorf("%q is not in %v", test.want, text(t, test.file, "", test.content))
		})
	}
}

// What stands side by side, or looks like data, and is nobody's.
func TestOfficeLookAlikes(t *testing.T) {
	tests := []struct{ name, file, content, not string }{
		{"two paragraphs", "a.docx", wordOf(paragraph(run("bob@")) + paragraph(run("b.example"))), bob},
		{"line break", "a.docx", wordOf(paragraph(run("bob@") + "<w:r><w:br/></w:r>" + run("b.example"))), bob},
		{"two cells", "a.xlsx", bookOf("<row><c><v>1773</v></c><c><v>0951</v></c></row>"), bobsAccount},
		{"two shared strings", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf("<si><t>bob@</t></si><si><t>b.example</t></si>")), bob},
		{"two phonetic texts", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf("<si><t>bob@</t><rPh><t>b.example</t></rPh></si>")), bob},
		{"place of a cell", "a.xlsx", bookOf(`<row r="10951" spans="1:3"><c r="KX10951" s="1"><f>KX10951*2+$KX$10951</f><v>1</v></c></row>`), "KX10951"},
		{"place of a cell in OpenDocument", "a.ods", openOf(`<table:table><table:table-row><table:table-cell table:formula="of:=[.KX10951]+[Sheet1.$KX$10951]"/></table:table-row></table:table><table:x table:cell-range-address="Sheet1.KX10951"/>`), "KX10951"},
		{"position", "a.docx", wordOf(paragraph(run("x") + "<w:r><w:drawing><posOffset>17730951</posOffset></w:drawing></w:r>")), bobsAccount},
		{"size", "a.docx", wordOf(paragraph(`<w:r><w:drawing><extent cx="17730951"/></w:drawing></w:r>`)), bobsAccount},
		{"style of a shape", "a.docx", wordOf(`<w:pict style="position:absolute;z-index:17730951"/>`), bobsAccount},
		{"GUID", "a.docx", wordOf(`<w:x w:id="{17730951-00AB-00AB-0000-000000000000}"/>`), bobsAccount},
		{"setting", "a.odt", openOf("", "settings.xml", "<office:document-settings"+openSpace+`><config-item xmlns="urn:oasis:names:tc:opendocument:xmlns:config:1.0">17730951</config-item></office:document-settings>`), bobsAccount},
		{"shared strings that stand apart", "a.xlsx", bookOf(`<row><c t="s"><v>0</v></c><c><v>1</v></c></row><row><c t="s"><v>1</v></c></row>`, "xl/sharedStrings.xml", stringsOf("<si><t>Bob</t></si><si><t>Stone</t></si>")), bobsName},
		{"left and right of a header", "a.xlsx", bookOf("", "xl/worksheets/sheet2.xml", "<worksheet"+sheetSpace+`><oddHeader>bob@&amp;Rb.example</oddHeader></worksheet>`), bob},
		{"deletion that many places claim", "a.odt", openOf(`<text:tracked-changes><text:changed-region text:id="ct1"><text:deletion><text:p>` + strings.Repeat("x", 1000) + `</text:p></text:deletion></text:changed-region></text:tracked-changes><text:p>` + strings.Repeat(`<text:change text:change-id="ct1"/>`, 2000) + "</text:p>"), bob},
		{"count", "a.docx", wordOf("", "docProps/app.xml", `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Characters>17730951</Characters></Properties>`), bobsAccount},
		{"other address", "a.docx", wordOf(paragraph(run("notbob@") + run("b.example.org"))), bob},
		{"empty parts", "a.odt", openOf("<text:p>x</text:p>", "Configurations2/accelerator/current.xml", "", "Configurations2/", ""), bob},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if views := text(t, test.file, "", test.content); shows(views, test.not) {
				t.Errorf("%q is in %v", test.not, views)
			}
		})
	}
}

func TestOfficeRefused(t *testing.T) {
	tests := []struct{ name, file, content string }{
		{"macros", "a.docm", wordOf("", "word/vbaProject.bin", "\xD0\xCF\x11\xE0x")},
		{"OLE object", "a.docx", wordOf("", "word/embeddings/oleObject1.bin", "\xD0\xCF\x11\xE0x")},
		{"embedded font", "a.docx", wordOf("", "word/fonts/font1.odttf", "x")},
		{"encrypted", "a.docx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"},
		{"encrypted OpenDocument", "a.odt", openOf("", "META-INF/manifest.xml", `<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>`)},
		{"encrypted OpenDocument, as a whole", "a.odt", openOf("", "META-INF/manifest.xml", `<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:encrypted-package/></m:manifest>`)},
		{"a ZIP by its content", "a.docx", zipOf("a.txt", "x")},
		{"a ZIP named as OpenDocument", "a.odt", zipOf("a.txt", "x")},
		{"OpenDocument of another kind", "a.odt", zipOf("mimetype", "application/x-other", "content.xml", "<x/>")},
		{"document type", "a.docx", wordOf("", "word/x.xml", `<!DOCTYPE w:hdr [<!ENTITY e "x">]><w:hdr`+wordSpace+"/>")},
		{"damaged XML", "a.docx", wordOf("<w:p>")},
		{"unknown charset", "a.docx", wordOf("", "word/x.xml", `<?xml version="1.0" encoding="x-none"?><w:hdr`+wordSpace+"/>")},
		{"unknown file", "a.pptx", slidesOf("", "ppt/media/media1.mp4", "x")},
		{"book in a book in a book", "a.xlsx", bookOf("", "xl/embeddings/a.xlsx", bookOf("", "xl/embeddings/a.xlsx", bookOf("", "xl/embeddings/a.xlsx", bookOf("", "xl/embeddings/a.xlsx", bookOf("")))))},
		{"two tables of strings", "a.xlsx", bookOf("", "xl/sharedStrings.xml", stringsOf(""), "xl/sharedStrings2.xml", stringsOf("<si/>"))},
		{"string that many cells show", "a.xlsx", bookOf("<row>"+strings.Repeat(`<c t="s"><v>0</v></c>`, 10000)+"</row>", "xl/sharedStrings.xml", stringsOf("<si><t>"+strings.Repeat("x", 10000)+"</t></si>"))},
		{"nested deeply", "a.docx", wordOf(strings.Repeat("<w:sdt>", 2000) + strings.Repeat("</w:sdt>", 2000))},
		{"bomb", "a.docx", wordOf(paragraph(run(strings.Repeat("x", 2<<20))))},
		{"damaged drawing for later editions", "a.docx", wordOf(`<w:pict gfxdata="????"/>`)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			views, err := Text(test.file, "", []byte(test.content), limits)
			if !errors.Is(err, ErrUnreadable) || views != nil {
				t.Errorf("got %v, %v", views, err)
			}
		})
	}
}

// Documents as programs write them.
func TestOfficeFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/office/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		views := text(t, name, "", string(content))
		for _, want := range []string{bob, bobsName, bobsAccount} {
			if !shows(views, want) {
				t.Errorf("%s: %s is not in %v", name, want, views)
			}
		}
	}
}

// TestOfficeDamaged damages documents, and what is packed in them: each ends
// in views or in a refusal, and within the limits.
func TestOfficeDamaged(t *testing.T) {
	byFile := make(map[string][]string)
	for _, p := range places {
		byFile[p.file] = append(byFile[p.file], plant(t, p.content, bob))
	}
	for name, documents := range byFile {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			for i := range 2 * mutations {
				document := documents[i%len(documents)]
				content := mutate(random, []byte(document))
				if i%2 == 1 {
					content = mutatePart(t, random, document)
				}
				if err := judge(name, "", content); err != nil {
					t.Fatalf("mutation %d: %v", i, err)
				}
			}
		})
	}
}

// mutatePart damages one of the parts of a document.
func mutatePart(t *testing.T, random *rand.Rand, document string) []byte {
	members := membersOf(t, document)
	chosen := random.IntN(len(members))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, m := range members {
		if i == chosen {
			m.content = mutate(random, m.content)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name})
		must(err)
		_, err = w.Write(m.content)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}
