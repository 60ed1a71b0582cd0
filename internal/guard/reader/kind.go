package reader

import (
	"bytes"
	"mime"
	"path"
	"strings"
)

// kind is what a file is.
type kind int

const (
	unknown kind = iota
	plain
	hypertext
	xmlDocument
	jsonDocument
	calendar
	card
	mail
	zipArchive
	gzipArchive
	tarArchive
	docx
	xlsx
	pptx
	openDocument
	pdf
	jpeg
	png
	tiff
	gif
	webp
	sidecar
)

// endings are those of file names, by which programs choose how to open a file.
var endings = map[string]kind{
	"": plain, ".txt": plain, ".text": plain, ".log": plain, ".md": plain, ".markdown": plain,
	".csv": plain, ".tsv": plain, ".tab": plain, ".yaml": plain, ".yml": plain, ".toml": plain,
	".ini": plain, ".conf": plain, ".cfg": plain, ".properties": plain, ".rst": plain, ".adoc": plain,
	".tex": plain, ".srt": plain, ".vtt": plain, ".sql": plain, ".css": plain, ".diff": plain, ".patch": plain,
	".html": hypertext, ".htm": hypertext, ".xhtml": hypertext,
	".xml": xmlDocument, ".svg": xmlDocument, ".xsd": xmlDocument, ".xsl": xmlDocument, ".rss": xmlDocument,
	".atom": xmlDocument, ".kml": xmlDocument, ".gpx": xmlDocument, ".plist": xmlDocument,
	".json": jsonDocument, ".jsonl": jsonDocument, ".ndjson": jsonDocument, ".geojson": jsonDocument,
	".ics": calendar, ".ical": calendar, ".ifb": calendar, ".vcs": calendar, ".vcf": card, ".vcard": card,
	".eml": mail, ".mht": mail, ".mhtml": mail,
	".zip": zipArchive, ".gz": gzipArchive, ".tgz": gzipArchive, ".tar": tarArchive,
	".docx": docx, ".docm": docx, ".dotx": docx, ".dotm": docx,
	".xlsx": xlsx, ".xlsm": xlsx, ".xltx": xlsx, ".xltm": xlsx,
	".pptx": pptx, ".pptm": pptx, ".potx": pptx, ".potm": pptx, ".ppsx": pptx, ".ppsm": pptx,
	".odt": openDocument, ".ods": openDocument, ".odp": openDocument, ".odg": openDocument,
	".ott": openDocument, ".ots": openDocument, ".otp": openDocument, ".otg": openDocument,
	".pdf": pdf, ".jpg": jpeg, ".jpeg": jpeg, ".jpe": jpeg, ".png": png, ".tif": tiff, ".tiff": tiff,
	".gif": gif, ".webp": webp,
}

// mediaTypes are those that files are sent as. Those of office formats begin
// with one of officeTypes.
var mediaTypes = map[string]kind{
	"text/plain": plain, "text/csv": plain, "text/tab-separated-values": plain, "text/markdown": plain,
	"text/x-log": plain, "text/yaml": plain, "text/css": plain, "text/vtt": plain, "text/x-diff": plain,
	"message/delivery-status": plain, "message/disposition-notification": plain,
	"application/csv": plain, "application/vnd.ms-excel": plain, "application/yaml": plain,
	"application/x-yaml": plain, "application/toml": plain, "application/sql": plain,
	"text/html": hypertext, "application/xhtml+xml": hypertext,
	"text/xml": xmlDocument, "application/xml": xmlDocument, "image/svg+xml": xmlDocument,
	"application/json": jsonDocument, "application/jsonl": jsonDocument,
	"application/x-ndjson": jsonDocument, "application/geo+json": jsonDocument,
	"text/calendar": calendar, "application/ics": calendar, "text/x-vcalendar": calendar,
	"text/vcard": card, "text/x-vcard": card, "text/directory": card,
	"message/rfc822": mail, "message/global": mail, "text/rfc822-headers": mail,
	"application/zip": zipArchive, "application/x-zip-compressed": zipArchive,
	"application/gzip": gzipArchive, "application/x-gzip": gzipArchive, "application/x-tar": tarArchive,
	"application/pdf": pdf, "image/jpeg": jpeg, "image/pjpeg": jpeg, "image/png": png, "image/tiff": tiff,
	"image/gif": gif, "image/webp": webp,
}

var officeTypes = []struct {
	start string
	kind  kind
}{
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.", docx},
	{"application/vnd.ms-word.", docx},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.", xlsx},
	{"application/vnd.ms-excel.", xlsx},
	{"application/vnd.openxmlformats-officedocument.presentationml.", pptx},
	{"application/vnd.ms-powerpoint.", pptx},
	{"application/vnd.oasis.opendocument.", openDocument},
}

// readAs reads a file of kind k.
func (r *reading) readAs(k kind, f file) error {
	switch k {
	case plain:
		return r.readPlain(f)
	case hypertext:
		return r.readHTML(f)
	case xmlDocument:
		return r.readXML(f)
	case jsonDocument:
		return r.readJSON(f)
	case calendar, card:
		return r.readContentLines(f)
	case mail:
		return r.readMail(f)
	case gzipArchive:
		return r.readGzip(f)
	case tarArchive:
		return r.readTar(f)
	case zipArchive:
		return r.readZip(f)
	case sidecar:
		return r.readSidecar(f)
	case docx:
		return r.readDocx(f)
	case xlsx:
		return r.readXlsx(f)
	case pptx:
		return r.readPptx(f)
	case openDocument:
		return r.readOpenDocument(f)
	case pdf:
		return r.readPDF(f)
	case jpeg, png, tiff, gif, webp:
		return r.readPicture(k, f)
	}
	return unreadable("of a kind that is not read")
}

// kindOf says what f is, if its name, its media type and its content agree.
func kindOf(f file) (kind, error) {
	if isSidecar(f) {
		return sidecar, nil
	}
	declared, err := kindOfType(f.mediaType)
	if err != nil {
		return unknown, err
	}
	ending := endingOf(f.name)
	k, known := endings[ending]
	switch {
	case !known:
		return unknown, unreadable("of a kind that is not read")
	case ending == "" && declared != unknown:
		k = declared
	case declared != unknown && declared != k:
		return unknown, unreadable("its name and its media type say different things")
	}
	if why := k.disagrees(f.content); why != "" {
		return unknown, unreadable(why)
	}
	return k, nil
}

// endingOf gives a name's ending, in lower case; some systems drop dots and
// spaces behind it.
func endingOf(name string) string {
	base := strings.TrimRight(path.Base(strings.ReplaceAll(name, `\`, "/")), ". ")
	ending := strings.ToLower(path.Ext(base))
	if _, known := endings[ending]; !known && len(ending) == len(base) {
		return "" // .gitignore and its like
	}
	return ending
}

// kindOfType gives the kind of a media type, unknown where it says nothing.
func kindOfType(mediaType string) (kind, error) {
	if mediaType == "" {
		return unknown, nil
	}
	t, _, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return unknown, unreadable("its media type is malformed")
	}
	if t == "application/octet-stream" {
		return unknown, nil
	}
	if k, ok := mediaTypes[t]; ok {
		return k, nil
	}
	for _, o := range officeTypes {
		if strings.HasPrefix(t, o.start) {
			return o.kind, nil
		}
	}
	return unknown, unreadable("of a kind that is not read")
}

// charsetOf gives the charset that a media type names, "" for none.
func charsetOf(mediaType string) string {
	_, params, err := mime.ParseMediaType(mediaType)
	if err != nil {
		return ""
	}
	return params["charset"]
}

// beginnings are those of the kinds that are no text.
var beginnings = map[kind][]string{
	zipArchive: {"PK\x03\x04", "PK\x05\x06"}, gzipArchive: {"\x1f\x8b\x08"},
	docx: {"PK\x03\x04"}, xlsx: {"PK\x03\x04"}, pptx: {"PK\x03\x04"}, openDocument: {"PK\x03\x04"},
	pdf: {"%PDF-"}, jpeg: {"\xFF\xD8\xFF"}, png: {"\x89PNG\r\n\x1a\n"}, tiff: {"II*\x00", "MM\x00*"},
	gif: {"GIF87a", "GIF89a"}, webp: {"RIFF"},
	tarArchive: nil,
}

// disagrees says how content is not of kind k, "" where it may be.
func (k kind) disagrees(content []byte) string {
	starts, binary := beginnings[k]
	if !binary {
		if what := disguised(content); what != "" {
			return what + " under the name of a text"
		}
		return ""
	}
	for _, s := range starts {
		if bytes.HasPrefix(content, []byte(s)) {
			return ""
		}
	}
	if len(starts) == 0 {
		return ""
	}
	return "not of the kind that its name says"
}

// typeOf gives the media type of content that comes without one.
func typeOf(content []byte) string {
	for t, k := range mediaTypes {
		starts, binary := beginnings[k]
		if binary && len(starts) > 0 && k.disagrees(content) == "" {
			return t
		}
	}
	return "application/octet-stream"
}
