package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// target is one system that a binary is made for.
type target struct{ os, arch string }

func targets() []target {
	return []target{
		{"linux", "amd64"}, {"linux", "arm64"},
		{"darwin", "amd64"}, {"darwin", "arm64"},
		{"windows", "amd64"}, {"windows", "arm64"},
	}
}

// release makes what is for one system.
func (t target) release(ctx context.Context, s source, work, dir string) error {
	program := filepath.Join(work, t.os+"-"+t.arch)
	if err := t.build(ctx, program); err != nil {
		return err
	}
	name := fmt.Sprintf("mailshot_%s_%s_%s", s.version, t.os, t.arch)
	bill, err := modules(program)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, name+".modules.txt"), bill, 0o644); err != nil {
		return err
	}
	files, err := t.contents(program, filepath.Join(work, "man"))
	if err != nil {
		return err
	}
	if t.os == "windows" {
		return writeZip(filepath.Join(dir, name+".zip"), files, s.date)
	}
	if err := writeTarGz(filepath.Join(dir, name+".tar.gz"), files, s.date); err != nil {
		return err
	}
	if t.os != "linux" {
		return nil
	}
	p := debian{version: s.version, arch: t.arch, date: s.date}
	return p.write(filepath.Join(dir, fmt.Sprintf("mailshot_%s_%s.deb", p.debianVersion(), t.arch)), installed(files))
}

// build links a static binary into which the commit is written, and no path.
func (t target) build(ctx context.Context, program string) error {
	c := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=true", "-ldflags=-s -w", "-o", program, "./cmd/mailshot")
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch)
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// modules is the bill of materials: what the linker wrote down of every module,
// with its version and its checksum.
func modules(program string) ([]byte, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	return []byte(info.String()), nil
}

// file is one file of an archive.
type file struct {
	name string // with "/"
	data []byte
	mode int64
}

// contents are the files of an archive.
func (t target) contents(program, man string) ([]file, error) {
	name := "mailshot"
	if t.os == "windows" {
		name += ".exe"
	}
	files := []file{}
	for _, f := range []struct {
		from, to string
		mode     int64
	}{{program, name, 0o755}, {"LICENSE", "LICENSE", 0o644}, {"README.md", "README.md", 0o644}} {
		data, err := os.ReadFile(f.from)
		if err != nil {
			return nil, err
		}
		files = append(files, file{f.to, data, f.mode})
	}
	pages, err := filepath.Glob(filepath.Join(man, "*"))
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"man/" + filepath.Base(page), data, 0o644})
	}
	return files, nil
}

// installed gives the files of an archive the places that Debian has for them.
func installed(files []file) []file {
	var placed []file
	for _, f := range files {
		switch {
		case f.name == "mailshot":
			f.name = "usr/bin/mailshot"
		case f.name == "LICENSE":
			f.name = "usr/share/doc/mailshot/copyright"
		case strings.HasPrefix(f.name, "man/"):
			page := strings.TrimPrefix(f.name, "man/")
			f.name = "usr/share/man/man" + page[len(page)-1:] + "/" + page + ".gz"
			f.data = compressed(f.data)
		default:
			f.name = "usr/share/doc/mailshot/" + f.name
		}
		placed = append(placed, f)
	}
	return placed
}

func compressed(data []byte) []byte {
	var b bytes.Buffer
	w := newGzip(&b)
	// A bytes.Buffer takes everything.
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}
