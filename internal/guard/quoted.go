package guard

import "bytes"

// decodeQuoted undoes quoted-printable (RFC 2045 section 6.7), which most
// bodies are in, without the copies that a stream takes. It takes nothing that
// readers could disagree on: an "=" is followed by two digits or a line end.
func decodeQuoted(dst, src []byte) (decoded []byte, ok bool) {
	for {
		i := bytes.IndexByte(src, '=')
		if i < 0 {
			return append(dst, src...), true
		}
		dst = append(dst, src[:i]...)
		src = src[i+1:]
		if soft, isSoft := bytes.CutPrefix(src, []byte("\r\n")); isSoft {
			src = soft
			continue
		}
		v, n := hexDigits(src, 2)
		if n < 2 {
			return dst, false
		}
		dst, src = append(dst, byte(v)), src[2:]
	}
}
