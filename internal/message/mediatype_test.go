package message

import "testing"

func TestMediaType(t *testing.T) {
	for file, want := range map[string]string{
		"a.pdf":                          "application/pdf",
		"a.b.PDF":                        "application/pdf",
		"bills/{{ .number }}.csv":        "text/csv",
		"photo.JPG":                      "image/jpeg",
		"photo.jpeg":                     "image/jpeg",
		"letter.docx":                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"mail.eml":                       "application/octet-stream", // message/rfc822 may not be base64: RFC 2046 section 5.2.1
		"bills/{{ .number }}.{{ .end }}": "application/octet-stream",
		"pdf":                            "application/octet-stream",
		"":                               "application/octet-stream",
	} {
		if got := mediaType(file); got != want {
			t.Errorf("%q: %s, not %s", file, got, want)
		}
	}
}
