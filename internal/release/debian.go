package main

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// debian is a binary package (deb(5)): an ar archive of a version, what dpkg is
// to know, and the files.
type debian struct {
	version string
	arch    string
	date    time.Time
}

// debianVersion begins with a digit (deb-version(7)): a commit without a tag is
// before the first version.
func (p debian) debianVersion() string {
	if p.version == "" || p.version[0] < '0' || p.version[0] > '9' || !strings.Contains(p.version, ".") {
		return "0~" + p.version
	}
	return strings.ReplaceAll(p.version, "-", "+")
}

func (p debian) write(name string, files []file) error {
	var control, data bytes.Buffer
	if err := tarGz(&control, p.control(files), p.date); err != nil {
		return err
	}
	if err := tarGz(&data, files, p.date); err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	p.member(&b, "debian-binary", []byte("2.0\n"))
	p.member(&b, "control.tar.gz", control.Bytes())
	p.member(&b, "data.tar.gz", data.Bytes())
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// member writes one member of an ar archive, which begins at an even place.
func (p debian) member(w io.Writer, name string, data []byte) {
	fmt.Fprintf(w, "%-16s%-12d%-6d%-6d%-8s%-10d`\n%s", name, p.date.Unix(), 0, 0, "100644", len(data), data)
	if len(data)%2 == 1 {
		io.WriteString(w, "\n")
	}
}

func (p debian) control(files []file) []file {
	size := 0
	var sums strings.Builder
	for _, f := range files {
		size += len(f.data)
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.data), f.name)
	}
	return []file{
		{"control", []byte(fmt.Sprintf(`Package: mailshot
Version: %s
Architecture: %s
Maintainer: The maintainers of mailshot <maintainers@mailshot.example>
Installed-Size: %d
Section: mail
Priority: optional
Description: one message per recipient, and none that shows another
 Sends one individual message per recipient of a list over SMTP, checks every
 one against the whole list first, and refuses to send if any recipient could
 see another.
`, p.debianVersion(), p.arch, (size+1023)/1024)), 0o644},
		{"md5sums", []byte(sums.String()), 0o644},
	}
}
