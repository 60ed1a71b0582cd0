package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"
)

// newGzip compresses without a name and a time.
func newGzip(w io.Writer) *gzip.Writer {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one
	}
	return z
}

func writeTarGz(name string, files []file, date time.Time) error {
	var b bytes.Buffer
	if err := tarGz(&b, files, date); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// tarGz writes files that belong to root, and the folders they are in.
func tarGz(w io.Writer, files []file, date time.Time) error {
	z := newGzip(w)
	t := tar.NewWriter(z)
	for _, dir := range folders(files) {
		h := &tar.Header{Typeflag: tar.TypeDir, Name: "./" + dir, Mode: 0o755, ModTime: date, Uname: "root", Gname: "root"}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
	}
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: "./" + f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: date, Uname: "root", Gname: "root"}
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		if _, err := t.Write(f.data); err != nil {
			return err
		}
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

// folders gives the folders of files, each after the one that it is in.
func folders(files []file) []string {
	var all []string
	for _, f := range files {
		for dir := path.Dir(f.name); dir != "."; dir = path.Dir(dir) {
			if !slices.Contains(all, dir+"/") {
				all = append(all, dir+"/")
			}
		}
	}
	slices.Sort(all)
	return all
}

func writeZip(name string, files []file, date time.Time) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: date})
		if err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}

// sumsFile is written last: a folder that has it is a whole release.
const sumsFile = "SHA256SUMS"

// writeSums writes it as sha256sum -c reads it.
func writeSums(dir string) error {
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	var sums bytes.Buffer
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), filepath.Base(name))
	}
	return os.WriteFile(filepath.Join(dir, sumsFile), sums.Bytes(), 0o644)
}
