package message

import (
	"net/url"
	"strings"
)

// The fields of RFC 2369 section 3.2 and RFC 8058 section 3.1.
const (
	listUnsubscribe     = "List-Unsubscribe"
	listUnsubscribePost = "List-Unsubscribe-Post"
)

// fillUnsubscribe puts down the link by which the recipient leaves, if the row
// has one. It is not folded: a reader may take the fold for a part of it.
func fillUnsubscribe(dst []byte, f *filling) ([]byte, error) {
	link := f.rendered.ListUnsubscribe
	if link == "" {
		return dst, nil
	}
	if hasControl(link) {
		return nil, controlInRow(f.row, "header "+listUnsubscribe)
	}
	if !isLink(link) {
		fault := f.plan.fault(f.row, "list-unsubscribe is no whole https, http or mailto link")
		fault.Hint = "percent-encode what a row puts into it: {{ .field | urlquery }}"
		return nil, fault
	}
	dst = append(dst, listUnsubscribe+": <"...)
	dst = append(dst, link...)
	dst = append(dst, ">\r\n"...)
	if f.rendered.OneClick {
		dst = append(dst, listUnsubscribePost+": List-Unsubscribe=One-Click\r\n"...)
	}
	return dst, nil
}

// isLink says whether v is an absolute link that can stand between angle
// brackets on one line.
func isLink(v string) bool {
	if len(v) > maxLine-len(listUnsubscribe+": <>") || strings.ContainsFunc(v, notInLink) {
		return false
	}
	u, err := url.Parse(v)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "https", "http":
		return u.Hostname() != ""
	case "mailto":
		return u.Opaque != ""
	}
	return false
}

// notInLink says whether r must be percent-encoded in a link (RFC 3986 section
// 2) or would end it.
func notInLink(r rune) bool {
	switch r {
	case '<', '>', '"', '\\', '^', '{', '|', '}', '`':
		return true
	}
	return r <= ' ' || r > '~'
}
