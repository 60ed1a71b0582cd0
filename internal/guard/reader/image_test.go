package reader

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	imagegif "image/gif"
	imagejpeg "image/jpeg"
	imagepng "image/png"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

const bobIn = "bob.brown@b.example"

func pixels() *image.Paletted {
	return image.NewPaletted(image.Rect(0, 0, 20, 20), color.Palette{color.Black, color.White})
}

func jpegOf(t *testing.T, segments ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := imagejpeg.Encode(&b, pixels(), nil); err != nil {
		t.Fatal(err)
	}
	return append([]byte("\xFF\xD8"+strings.Join(segments, "")), b.Bytes()[2:]...)
}

func segment(marker byte, data string) string {
	return string([]byte{0xFF, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
}

func pngOf(t *testing.T, chunks ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := imagepng.Encode(&b, pixels()); err != nil {
		t.Fatal(err)
	}
	end := b.Len() - 12
	return append(b.Bytes()[:end:end], strings.Join(chunks, "")+b.String()[end:]...)
}

func chunk(kind, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func gifOf(t *testing.T, blocks string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := imagegif.Encode(&b, pixels(), nil); err != nil {
		t.Fatal(err)
	}
	end := b.Len() - 1
	return append(b.Bytes()[:end:end], blocks+";"...)
}

func webpOf(chunks ...string) []byte {
	body := "WEBP" + riff("VP8 ", "xyz") + strings.Join(chunks, "")
	return []byte(riff("RIFF", body))
}

func riff(kind, data string) string {
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(data)))
	return kind + string(size) + data + strings.Repeat("\x00", len(data)%2)
}

// A field is one tag of a TIFF file with its value.
type field struct {
	tag, kind uint16
	value     string
}

// tiffOf gives a TIFF file of one table; a field of type 13 is a table by
// itself, with the value as a text under the tag 0x9286.
func tiffOf(order binary.AppendByteOrder, fields ...field) string {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	return string(appendTable(b, order, fields))
}

func appendTable(b []byte, order binary.AppendByteOrder, fields []field) []byte {
	b = order.AppendUint16(b, uint16(len(fields)))
	at := len(b) + 12*len(fields) + 4
	var values []byte
	for _, f := range fields {
		kind, count, value := f.kind, len(f.value), f.value
		if f.kind == typeIFD {
			inner := appendTable(make([]byte, at+len(values)), order, []field{{tagUserComment, typeUndefined, f.value}})
			value, count, kind = string(inner[at+len(values):]), 1, 4
		}
		b = order.AppendUint16(b, f.tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, uint32(count))
		if kind != 4 && len(value) <= 4 {
			b = append(b, (value + "\x00\x00\x00\x00")[:4]...)
			continue
		}
		b = order.AppendUint32(b, uint32(at+len(values)))
		values = append(values, value...)
	}
	return append(order.AppendUint32(b, 0), values...)
}

func utf16Units(order binary.AppendByteOrder, s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func photoshopOf(id uint16, data string) string {
	b := append([]byte("8BIM"), byte(id>>8), byte(id), 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return string(b) + data + strings.Repeat("\x00", len(data)%2)
}

func iptcOf(s string) string { return "\x1c\x02\x78" + string([]byte{0, byte(len(s))}) + s }

const xmpOf = `<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>` + bobIn + `</dc:creator></x:xmpmeta>   <?xpacket end="w"?>`

func TestPictureMetadata(t *testing.T) {
	le, be := binary.LittleEndian, binary.BigEndian
	artist := field{0x013B, typeASCII, bobIn + "\x00"}
	profile := func(data string) string {
		return fmt.Sprintf("\nexif\n%8d\n%s\n", len(data), hex.EncodeToString([]byte(data)))
	}
	// Read as blocks, the packet would lack the letter at 61, as far as "<" says.
	gifPacket := "\x0bXMP DataXMP<x>" + strings.Repeat(" ", 50) + bobIn + "</x>\x01"
	for i := 255; i >= 0; i-- {
		gifPacket += string([]byte{byte(i)})
	}
	tests := []struct {
		what, file string
		content    []byte
	}{
		{"comment", "a.jpg", jpegOf(t, segment(jpegComment, bobIn))},
		{"EXIF's artist", "a.jpg", jpegOf(t, segment(jpegApp1, exifMark+tiffOf(le, artist)))},
		{"XMP", "a.jpeg", jpegOf(t, segment(jpegApp1, xmpMark+xmpOf))},
		{"XMP in two parts", "a.jpeg", jpegOf(t, segment(jpegApp1, xmpMoreMark+strings.Repeat("0", xmpMoreIntro)+xmpOf[:90]), segment(jpegApp1, xmpMoreMark+strings.Repeat("0", xmpMoreIntro)+xmpOf[90:]))},
		{"IPTC", "a.jpg", jpegOf(t, segment(jpegApp13, photoshop+photoshopOf(resourceIPTC, iptcOf("x")+iptcOf(bobIn))))},
		{"a resource of Photoshop", "a.jpg", jpegOf(t, segment(jpegApp13, photoshop+photoshopOf(0x040B, bobIn)))},
		{"an unknown segment", "a.jpg", jpegOf(t, segment(0xEB, "\x01\x02"+bobIn+"\x00"))},
		{"artist", "a.tif", []byte(tiffOf(be, artist))},
		{"XPComment", "a.tiff", []byte(tiffOf(le, field{0x9C9C, typeByte, utf16Units(le, bobIn)}))},
		{"UserComment", "a.tif", []byte(tiffOf(le, field{tagUserComment, typeUndefined, "ASCII\x00\x00\x00" + bobIn}))},
		{"UserComment in UTF-16", "a.tif", []byte(tiffOf(be, field{tagUserComment, typeUndefined, "UNICODE\x00" + utf16Units(be, bobIn)}))},
		{"a table in a table", "a.tif", []byte(tiffOf(be, field{tagEXIF, typeIFD, "\x00\x00\x00\x00\x00\x00\x00\x00" + bobIn}))},
		{"XMP", "a.tif", []byte(tiffOf(le, field{tagXMP, typeByte, xmpOf}))},
		{"IPTC", "a.tif", []byte(tiffOf(le, field{tagIPTC, typeUndefined, iptcOf(bobIn)}))},
		{"an unknown tag", "a.tif", []byte(tiffOf(le, field{0xC000, typeUndefined, "\x01" + bobIn}))},
		{"text", "a.png", pngOf(t, chunk("tEXt", "Author\x00"+bobIn))},
		{"a keyword", "a.png", pngOf(t, chunk("tEXt", bobIn+"\x00"))},
		{"packed text", "a.png", pngOf(t, chunk("zTXt", "Author\x00\x00"+deflated(t, bobIn)))},
		{"international text", "a.png", pngOf(t, chunk("iTXt", "Author\x00\x00\x00de\x00Autor\x00"+bobIn))},
		{"packed international text", "a.png", pngOf(t, chunk("iTXt", "Author\x00\x01\x00\x00\x00"+deflated(t, bobIn)))},
		{"XMP", "a.png", pngOf(t, chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmpOf))},
		{"EXIF", "a.png", pngOf(t, chunk("eXIf", tiffOf(le, artist)))},
		{"ImageMagick's EXIF", "a.png", pngOf(t, chunk("zTXt", "Raw profile type exif\x00\x00"+deflated(t, profile(exifMark+tiffOf(le, artist)))))},
		{"ImageMagick's IPTC", "a.png", pngOf(t, chunk("tEXt", "Raw profile type iptc\x00"+profile(photoshopOf(resourceIPTC, iptcOf(bobIn)))))},
		{"an unknown chunk", "a.png", pngOf(t, chunk("abCd", "\x00"+bobIn))},
		{"comment", "a.gif", gifOf(t, "!\xFE\x13"+bobIn+"\x00")},
		{"a comment in two blocks", "a.gif", gifOf(t, "!\xFE\x05"+bobIn[:5]+"\x0E"+bobIn[5:]+"\x00")},
		{"XMP", "a.gif", gifOf(t, "!\xFF"+gifPacket+"\x00")},
		{"EXIF", "a.webp", webpOf(riff("EXIF", tiffOf(be, artist)))},
		{"XMP", "a.webp", webpOf(riff("XMP ", xmpOf))},
		{"an unknown chunk", "a.webp", webpOf(riff("note", bobIn))},
	}
	for _, test := range tests {
		views, err := Text(test.file, "", test.content, limits)
		if err != nil || !holdsWord(views, bobIn) {
			t.Errorf("%s in %s: %v, %v", test.what, test.file, views, err)
		}
	}
}

// holdsWord says whether want stands in one of the views, with nothing before
// and behind it that could belong to it.
func holdsWord(views []View, want string) bool {
	for _, v := range views {
		before, after, found := strings.Cut(string(v.Text), want)
		if found && !strings.ContainsAny(before[max(0, len(before)-1):]+after[:min(1, len(after))], "abcdefghijklmnopqrstuvwxyz0123456789@.") {
			return true
		}
	}
	return false
}

func deflated(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write([]byte(s))
	z.Close()
	return b.String()
}

func TestPicturesWithoutText(t *testing.T) {
	for name, content := range map[string][]byte{
		"a.jpg": jpegOf(t), "a.png": pngOf(t), "a.gif": gifOf(t, ""), "a.webp": webpOf(), "a.tif": []byte(tiffOf(binary.BigEndian)),
	} {
		if views, err := Text(name, "", content, limits); err != nil || len(views) == 0 {
			t.Errorf("%s: %v, %v", name, views, err)
		}
	}
}

func TestPicturesUnreadable(t *testing.T) {
	loop := []byte(tiffOf(binary.LittleEndian, field{0x013B, typeASCII, "ab\x00"}))
	loop[22] = 8 // the next table is this one
	broken := pngOf(t, chunk("tEXt", "Author\x00x"))
	broken[len(broken)-14] ^= 1
	tests := []struct {
		what, file string
		content    []byte
	}{
		{"something behind it", "a.jpg", append(jpegOf(t), bobIn...)},
		{"something behind it", "a.png", append(pngOf(t), bobIn...)},
		{"something behind it", "a.gif", append(gifOf(t, ""), bobIn...)},
		{"something behind it", "a.webp", append(webpOf(), bobIn...)},
		{"cut off", "a.jpg", jpegOf(t)[:300]},
		{"cut off", "a.png", pngOf(t)[:50]},
		{"cut off", "a.gif", gifOf(t, "")[:30]},
		{"cut off", "a.webp", webpOf()[:20]},
		{"tables in a circle", "a.tif", loop},
		{"a value outside", "a.tif", []byte("II*\x00\x08\x00\x00\x00\x01\x00\x3b\x01\x02\x00\xFF\xFF\xFF\x7F\x00\x00\x00\x00")},
		{"an unknown type", "a.tif", []byte("II*\x00\x08\x00\x00\x00\x01\x00\x3b\x01\x63\x00\x01\x00\x00\x00\x00\x00\x00\x00")},
		{"a wrong sum", "a.png", broken},
		{"a bomb", "a.png", pngOf(t, chunk("zTXt", "Author\x00\x00"+deflated(t, strings.Repeat(" ", 2<<20))))},
		{"damaged EXIF", "a.jpg", jpegOf(t, segment(jpegApp1, exifMark+"II*\x00\xFF\xFF\x00\x00"))},
	}
	for _, test := range tests {
		if views, err := Text(test.file, "", test.content, limits); !errors.Is(err, ErrUnreadable) || views != nil {
			t.Errorf("%s, %s: %v, %v", test.file, test.what, views, err)
		}
	}
}

func TestPictureMutations(t *testing.T) {
	artist := tiffOf(binary.LittleEndian, field{0x013B, typeASCII, bobIn + "\x00"}, field{tagEXIF, typeIFD, "UNICODE\x00" + bobIn})
	files := map[string][]byte{
		"a.jpg":  jpegOf(t, segment(jpegComment, bobIn), segment(jpegApp1, exifMark+artist), segment(jpegApp13, photoshop+photoshopOf(resourceIPTC, iptcOf(bobIn)))),
		"a.png":  pngOf(t, chunk("tEXt", "Author\x00"+bobIn), chunk("eXIf", artist)),
		"a.tif":  []byte(artist),
		"a.gif":  gifOf(t, "!\xFE\x13"+bobIn+"\x00"),
		"a.webp": webpOf(riff("EXIF", artist)),
	}
	r := rand.New(rand.NewPCG(7, 8))
	for name, file := range files {
		refused := 0
		for range 1000 {
			views, err := Text(name, "", mutatedBytes(r, file), limits)
			if err != nil {
				refused++
			}
			if err != nil && (!errors.Is(err, ErrUnreadable) || views != nil) {
				t.Fatalf("%s: %v, %v", name, views, err)
			}
		}
		if refused == 0 || refused == 1000 {
			t.Errorf("%s: %d of 1000 were refused", name, refused)
		}
	}
}

// mutatedBytes gives file with a few bytes changed, removed or doubled.
func mutatedBytes(r *rand.Rand, file []byte) []byte {
	b := bytes.Clone(file)
	for range 1 + r.IntN(3) {
		if len(b) == 0 {
			return b
		}
		i := r.IntN(len(b))
		j := min(len(b), i+r.IntN(30))
		switch r.IntN(5) {
		case 0, 1:
			b[i] ^= 1 << r.IntN(8)
		case 2:
			b[i] = byte(r.IntN(256))
		case 3:
			b = append(b[:i], b[j:]...)
		default:
			b = append(b[:j:j], b[i:]...)
		}
	}
	return b
}
