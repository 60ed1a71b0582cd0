package message

import (
	"bytes"
	"crypto/sha256"
	"io"
	"mime"
	"reflect"
	"slices"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
)

// shapeOf gives the outline that raw turns out to have.
func shapeOf(t *testing.T, raw []byte) (fields []string, parts []OutlinePart) {
	t.Helper()
	e, err := gomessage.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		name, _, ok := strings.Cut(string(line), ":")
		if len(line) == 0 {
			break
		}
		if ok && line[0] != ' ' {
			fields = append(fields, name)
		}
	}
	err = e.Walk(func(path []int, p *gomessage.Entity, err error) error {
		if err != nil {
			return err
		}
		mediaType, _, _ := p.Header.ContentType()
		o := OutlinePart{Depth: len(path), Type: mediaType}
		if field := p.Header.Get("Content-Disposition"); field != "" {
			var params map[string]string
			o.Disposition, params, _ = mime.ParseMediaType(field)
			o.File = params["filename"]
			content, err := io.ReadAll(p.Body)
			if err != nil {
				return err
			}
			o.Content = sha256.Sum256(content)
		}
		parts = append(parts, o)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fields, parts
}

func TestOutlineIsTheShapeOfTheMessage(t *testing.T) {
	for name, make := range golden {
		c := make(t)
		composer, err := newComposer(c.plan, c.options)
		if err != nil {
			t.Fatal(err)
		}
		o := composer.Outline()
		fields, parts := shapeOf(t, written(t, c.compose(t)))
		for i, p := range o.Parts {
			if p.PerRecipient && i < len(parts) && parts[i].File != "" { // what differs is not in the outline
				parts[i].File, parts[i].Content, parts[i].PerRecipient = "", [32]byte{}, true
			}
		}
		if !reflect.DeepEqual(o.Parts, parts) {
			t.Errorf("%s: parts\n%v, in the message\n%v", name, o.Parts, parts)
		}
		always := slices.DeleteFunc(fields, func(f string) bool { return slices.Contains(o.Maybe, f) })
		if !slices.Equal(o.Fields, always) {
			t.Errorf("%s: fields\n%v, in the message\n%v", name, o.Fields, always)
		}
		o.Fields[0], o.Parts[0].Type = "changed", "changed"
		if composer.Outline().Fields[0] != "Date" || composer.Outline().Parts[0].Type == "changed" {
			t.Errorf("%s: a caller can change the outline", name)
		}
	}
}

func TestNesting(t *testing.T) {
	file, image := []File{{Name: "a.pdf"}}, []File{{Name: "a.png"}}
	for _, x := range []struct {
		html           bool
		inline, attach []File
		want           string
	}{
		{false, nil, nil, "0 text/plain"},
		{false, nil, file, "0 multipart/mixed, 1 text/plain, 1 application/pdf"},
		{true, nil, nil, "0 multipart/alternative, 1 text/plain, 1 text/html"},
		{true, image, nil, "0 multipart/alternative, 1 text/plain, 1 multipart/related, 2 text/html, 2 image/png"},
		{true, nil, file, "0 multipart/mixed, 1 multipart/alternative, 2 text/plain, 2 text/html, 1 application/pdf"},
		{true, image, file, "0 multipart/mixed, 1 multipart/alternative, 2 text/plain, 2 multipart/related, 3 text/html, 3 image/png, 1 application/pdf"},
	} {
		c := newCampaign(t)
		if x.html {
			c.withHTML()
		}
		c.options.Inline, c.options.Attach = x.inline, x.attach
		_, parts := shapeOf(t, written(t, c.compose(t)))
		var got []string
		for _, p := range parts {
			got = append(got, string(rune('0'+p.Depth))+" "+p.Type)
		}
		if strings.Join(got, ", ") != x.want {
			t.Errorf("got  %v\nwant %s", got, x.want)
		}
	}
}
