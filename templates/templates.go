// Package templates holds what mailshot brings along: the layout that messages
// written in Markdown are put into, and the example campaign of `mailshot
// demo` with two ways of getting it wrong.
package templates

import (
	"embed"
)

// Files holds all files of this folder under their names.
//
//go:embed layout.html demo
var Files embed.FS

//go:embed layout.html
var layout string

// Layout is the HTML around a message that was written in Markdown. It holds
// "<!-- body -->" once, where the message goes, and no template action.
func Layout() string { return layout }

// The files of the example campaign, under Files.
const (
	DemoList         = "demo/people.csv"
	DemoTemplate     = "demo/notice.md"
	DemoLeakTemplate = "demo/leak-pasted.md" // the list's rows pasted into the message
	DemoLeakList     = "demo/leak-cell.csv"  // several addresses in one cell
)
