package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cpuguy83/go-md2man/v2/md2man"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// WriteManPages writes a page of section 1 for every command, and one of section
// 7 for every topic of help, into the folder dir. Each says that it is of date.
func WriteManPages(dir string, date time.Time) error {
	root := newRoot(&app{})
	for _, c := range append(root.Commands(), root) {
		c.Long += exitSection(c)
		c.DisableAutoGenTag = true
	}
	if err := doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "mailshot", Date: &date}, dir); err != nil {
		return err
	}
	for _, t := range topics() {
		if err := os.WriteFile(filepath.Join(dir, "mailshot-"+t.name+".7"), manTopic(t, date), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// exitSection gives the exit codes of c, as what follows its description.
func exitSection(c *cobra.Command) string {
	codes := c.Annotations[exitsKey]
	if codes == "" {
		return ""
	}
	return "\n\n# EXIT STATUS\n" + asIs(codes)
}

// manTopic sets a topic as it stands: its tables are laid out by hand.
func manTopic(t topic, date time.Time) []byte {
	head := fmt.Sprintf("%% \"mailshot-%s\" \"7\" \"%s\" \"mailshot\" \"\"\n# NAME\nmailshot-%[1]s - help on %[1]s\n\n# DESCRIPTION\n", t.name, date.Format("Jan 2006"))
	return md2man.Render([]byte(head + asIs(t.text())))
}

// asIs is text as a block of Markdown in which nothing has a meaning.
func asIs(text string) string {
	return "\n    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ") + "\n"
}
