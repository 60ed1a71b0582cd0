package preview

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mailshot/internal/campaign"
	"mailshot/internal/rule"
)

// Write writes the messages of the rows at these lines, or of the telling ones
// where there are none, as pages that need nothing else: index.html and one for
// each row. The folder must be empty, or not there yet. It waits for the check,
// and gives how many messages it wrote: none where something was refused, since
// pages are made to be sent on. Errors are *rule.Fault or what ctx says.
func (b *Book) Write(ctx context.Context, dir string, lines []int) (int, error) {
	if err := b.Wait(ctx); err != nil {
		return 0, err
	}
	if state := b.State(); state.Err != nil || !state.Verdict.Clear() {
		return 0, state.Err
	}
	shown, err := b.Shown(lines)
	if err != nil {
		return 0, err
	}
	if err := newFolder(dir); err != nil {
		return 0, err
	}
	r := newRenderer()
	for i, t := range shown {
		var page bytes.Buffer
		if err := b.writePage(&page, r, shown, i); err != nil {
			return i, err
		}
		if err := save(dir, pageName(t.Line), page.Bytes()); err != nil {
			return i, err
		}
		if i > 0 {
			continue
		}
		if err := save(dir, "index.html", page.Bytes()); err != nil {
			return i, err
		}
	}
	return len(shown), nil
}

// writePage writes the page of one of the rows that are shown.
func (b *Book) writePage(w *bytes.Buffer, r *renderer, shown []Telling, at int) error {
	p := b.campaignPage()
	for i, t := range shown {
		p.Telling = append(p.Telling, entry{Line: t.Line, Link: pageName(t.Line), Why: t.Why, Current: i == at})
	}
	var err error
	if p.Message, err = b.message(shown[at].Ordinal, static{}); err != nil {
		return err
	}
	return r.write(w, p)
}

// static are the links of pages in one folder.
type static struct{}

func (static) row(line int) string        { return pageName(line) }
func (static) frame(int, look) string     { return "" }
func (static) attachment(int, int) string { return "" }

func pageName(line int) string { return fmt.Sprintf("line-%06d.html", line) }

// Shown gives the rows at these lines, or the telling ones where there are
// none; call it when the check is done. The error is a *rule.Fault for a line at
// which no row begins.
func (b *Book) Shown(lines []int) ([]Telling, error) {
	if len(lines) == 0 {
		return b.survey.Telling(), nil
	}
	var shown []Telling
	for _, line := range lines {
		ordinal, err := b.rows.find(line)
		if err != nil {
			return nil, campaign.NoRow(line)
		}
		shown = append(shown, Telling{ordinal, line, []string{"asked for"}})
	}
	return shown, nil
}

// newFolder makes dir, or takes it where it is empty.
func newFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return &rule.Fault{File: dir, What: "the folder is not empty",
			Hint: "name a new folder, so that old pages are not taken for new ones"}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return &rule.Fault{File: dir, What: "not a folder that can be read", Hint: "name another folder"}
	}
	if err == nil {
		err = os.Chmod(dir, 0o700)
	} else {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return &rule.Fault{File: dir, What: "the folder cannot be made, or be kept to its owner", Hint: "name another folder"}
	}
	return nil
}

func save(dir, name string, content []byte) error {
	if os.WriteFile(filepath.Join(dir, name), content, 0o600) != nil {
		return &rule.Fault{File: dir, What: "a page cannot be written", Hint: "check the folder's rights and the room on its disk"}
	}
	return nil
}
