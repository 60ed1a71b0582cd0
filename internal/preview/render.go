package preview

import (
	"embed"
	"html/template"
	"io"
)

// web holds the page, its style and its script; there is nothing to build.
//
//go:embed web
var web embed.FS

// asset gives a file of web.
func asset(name string) []byte {
	content, err := web.ReadFile("web/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return content
}

// renderer writes pages.
type renderer struct {
	template *template.Template
	style    string
}

func newRenderer() *renderer {
	return &renderer{template.Must(template.New("page").Parse(string(asset("page.html")))), string(asset("style.css"))}
}

// write writes p. Style is trusted: it is our own.
func (r *renderer) write(w io.Writer, p page) error {
	return r.template.Execute(w, struct {
		page
		Style template.CSS
	}{p, template.CSS(r.style)})
}
