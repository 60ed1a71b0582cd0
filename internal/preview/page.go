package preview

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mailshot/internal/message"
	"mailshot/internal/recipient"
	"mailshot/internal/rule"
)

// page is what the template shows: the campaign, its rows, and one message.
type page struct {
	Live     bool // served, so that it can search and follow changes
	Masked   bool
	Campaign string
	Subject  string // the template, never a rendered one
	From     string
	Verdict  badge
	Counts   string
	Digest   string
	Notes    []string // warnings of the verdict
	Refusals []rule.Refusal
	Fault    string // why there is nothing newer to show
	Hint     string
	Telling  []entry
	Rows     []entry
	Query    string
	Range    string
	Previous string // link; "" for none
	Next     string // link; "" for none
	Message  *messageView
}

// badge says in a word how things stand. Kind is good, bad or waiting.
type badge struct{ Kind, Text string }

// entry is a row in the list: named by its line, never by its data, unless
// Address is asked for.
type entry struct {
	Line    int
	Link    string
	Why     []string
	Address string
	Current bool
	Flag    string // what is wrong with it, in a word or two
}

// messageView is one row's message in all its views.
type messageView struct {
	Line        int
	Verdict     badge
	Trouble     string // why no message can be shown
	Hint        string
	Header      []field // what a mail program shows on top
	Size        string
	Findings    []finding
	Frames      []frameView
	Text        []line
	Fields      []fieldView
	Source      []line
	HTML        []line
	Attachments []attachmentView
	Links       []link
	Refusals    []refusalView
}

// finding is what may trouble a reader or a filter.
type finding struct {
	Bad  bool
	Text string
}

type frameView struct {
	Class    string // light or dark, and plain where images are off
	Title    string
	Link     string // of the document; "" where it stands in Document
	Document string
}

type fieldView struct {
	Name string
	Line line
}

type attachmentView struct {
	file
	Number int
	Link   string // "" where there is none to download
	Size   string
	Mark   bool
}

type refusalView struct {
	rule.Refusal
	Spots []line // the lines in which it was found
}

// links say where things are; they differ between a server and static pages.
type links interface {
	row(line int) string
	frame(line int, how look) string    // "" to put the document into the page
	attachment(line, number int) string // "" for none
}

// campaignPage gives what is on top of every page.
func (b *Book) campaignPage() page {
	state := b.State()
	p := page{Masked: b.masked != nil, Campaign: b.campaign.ID(), Subject: b.campaign.Subject(), From: b.campaign.From().Address.String()}
	p.Counts = counted(b.look.Recipients(), "message")
	switch v := state.Verdict; {
	case state.Err != nil:
		p.Verdict = badge{"bad", "cannot be made"}
		p.Fault, p.Hint = saying(state.Err)
	case !state.Done:
		p.Verdict = badge{"waiting", fmt.Sprintf("checked %s of %s", number(state.Checked), number(b.look.Recipients()))}
	case v.Clear():
		p.Verdict, p.Digest = badge{"good", "clear"}, v.Digest
	default:
		p.Verdict = badge{"bad", "refused for " + counted(v.Total, "reason")}
	}
	if v := state.Verdict; v != nil {
		p.Refusals = v.Refusals
		for _, w := range v.Warnings {
			p.Notes = append(p.Notes, warning(w))
		}
		p.Counts += leftOut(v.Skipped, "row", "left out for a bad address") + leftOut(v.Same, "row", "left out as a repetition")
	}
	return p
}

// warning is a warning in one line.
func warning(w rule.Warning) string {
	place := w.File
	if w.File != "" && w.Line > 0 {
		place += ":" + strconv.Itoa(w.Line)
	}
	return strings.Join(slices.DeleteFunc([]string{place, w.Where, w.What}, func(s string) bool { return s == "" }), ": ")
}

func leftOut(n int, what, why string) string {
	if n == 0 {
		return ""
	}
	return ", " + counted(n, what) + " " + why
}

// saying is an error in words for people, and the next step.
func saying(err error) (what, hint string) {
	if fault, ok := errors.AsType[*rule.Fault](err); ok {
		return fault.Error(), fault.Hint
	}
	if refusal, ok := errors.AsType[rule.Refusal](err); ok {
		return refusal.Error(), refusal.Hint
	}
	if refused, ok := errors.AsType[rule.Refused](err); ok {
		return refused[0].Error(), refused[0].Hint
	}
	return "the campaign cannot be read", "look at the terminal"
}

// message gives one row's message in all its views.
func (b *Book) message(ordinal int, to links) (*messageView, error) {
	row, err := b.rows.at(ordinal)
	if err != nil {
		return nil, err
	}
	refusals, fault, known := b.survey.of(ordinal)
	view := &messageView{Line: row.Line, Verdict: judgement(refusals, fault, known)}
	if !b.look.Makes() {
		view.Trouble, view.Hint = "No message can be made.", "The campaign's verdict says why."
		return view, nil
	}
	m, err := b.make(row)
	if err != nil {
		view.Verdict = badge{"bad", "no message"}
		view.Trouble, view.Hint = saying(err)
		return view, nil
	}
	l, err := read(m)
	if err != nil {
		return nil, err
	}
	view.fill(m, l, to)
	view.mark(l, refusals, b.spots(row, refusals))
	return view, nil
}

func judgement(refusals []rule.Refusal, fault error, known bool) badge {
	switch {
	case len(refusals) > 0:
		return badge{"bad", "refused for " + counted(len(refusals), "reason")}
	case fault != nil:
		return badge{"bad", "no message"}
	case !known:
		return badge{"waiting", "not judged yet"}
	}
	return badge{"good", "clear"}
}

// spots finds what to mark: the data of the rows that the refusals name. A
// masked message has none of it.
func (b *Book) spots(row *recipient.Row, refusals []rule.Refusal) spots {
	var others []*recipient.Row
	for _, r := range refusals {
		if r.OtherLine == 0 || b.masked != nil {
			continue
		}
		if ordinal, err := b.rows.find(r.OtherLine); err == nil {
			if other, err := b.rows.at(ordinal); err == nil {
				others = append(others, other)
			}
		}
	}
	return newSpots(refusals, row, others)
}

// fill puts down what a mail program makes of the message.
func (v *messageView) fill(m *message.Message, l *letter, to links) {
	for _, name := range []string{"From", "To", "Reply-To", "Subject", "Date"} {
		if value := l.field(name); value != "" {
			v.Header = append(v.Header, field{name, value})
		}
	}
	v.Size = size(l.size)
	v.Findings = findings(l)
	v.Links = l.inspect().links
	for _, how := range []look{{false, true}, {true, true}, {false, false}, {true, false}} {
		f := frameView{Class: how.class(), Title: "The message, " + how.class(), Link: to.frame(m.Line, how)}
		if f.Link == "" {
			f.Document = l.frame(how)
		}
		v.Frames = append(v.Frames, f)
	}
	for i, f := range l.files {
		v.Attachments = append(v.Attachments, attachmentView{file: f, Number: i + 1, Link: to.attachment(m.Line, i+1), Size: size(f.Size)})
	}
}

// class names a way of showing in the style sheet and in links.
func (how look) class() string {
	words := "light"
	if how.dark {
		words = "dark"
	}
	if !how.images {
		words += " plain"
	}
	return words
}

// clips is how many octets of HTML Gmail shows before it cuts a message off.
const clips = 102 << 10

// findings says what may trouble a reader or a filter.
func findings(l *letter) []finding {
	i := l.inspect()
	var all []finding
	add := func(bad bool, text string) { all = append(all, finding{bad, text}) }
	if n := max(len(l.html), len(l.text)); n > clips {
		add(true, "Gmail will clip this: "+size(n)+" of words and markup")
	}
	if i.withoutAlt > 0 {
		add(true, counted(i.withoutAlt, "image")+" without alt")
	}
	if i.insecure > 0 {
		add(true, counted(i.insecure, "link")+" without https")
	}
	if l.field("List-Unsubscribe-Post") == "" {
		add(true, "no one-click unsubscribe")
	}
	if i.remote > 0 {
		add(false, counted(i.remote, "remote image")+", not fetched here")
	}
	return all
}

// mark fills in what is shown line by line, with the spots of the refusals.
func (v *messageView) mark(l *letter, refusals []rule.Refusal, s spots) {
	v.Text = s.lines("body", l.text)
	if l.html != "" {
		v.HTML = s.lines("html part", l.html)
	}
	v.Source = s.lines("source", l.source)
	for i, f := range l.fields {
		marked := s.at("header "+f.Name) || s.at("header field "+strconv.Itoa(i+1))
		v.Fields = append(v.Fields, fieldView{f.Name, line{Mark: marked, Spans: s.spans(f.Value)}})
	}
	for i := range v.Attachments {
		v.Attachments[i].Mark = s.at("attachment " + strconv.Itoa(i+1))
	}
	for _, r := range refusals {
		v.Refusals = append(v.Refusals, refusalView{r, v.near(r)})
	}
}

// near gives the lines that a refusal is about.
func (v *messageView) near(r rule.Refusal) []line {
	var all []line
	take := func(part string, lines []line) {
		for _, l := range lines {
			here := r.Where == part+", line "+strconv.Itoa(l.Number)
			if here || r.Where == part && slices.ContainsFunc(l.Spans, func(s span) bool { return s.Mark }) {
				all = append(all, l)
			}
		}
	}
	take("body", v.Text)
	take("html part", v.HTML)
	take("source", v.Source)
	for _, f := range v.Fields {
		take("header "+f.Name, []line{f.Line})
	}
	return all[:min(len(all), 5)]
}

// entries gives the rows of the list from one on.
func (b *Book) entries(ordinals []int, to links, current int, showAddress bool) []entry {
	all := make([]entry, 0, len(ordinals))
	for _, ordinal := range ordinals {
		all = append(all, b.entry(ordinal, to, current, showAddress))
	}
	return all
}

func (b *Book) entry(ordinal int, to links, current int, showAddress bool) entry {
	line := b.rows.line(ordinal)
	refusals, fault, _ := b.survey.of(ordinal)
	e := entry{Line: line, Link: to.row(line), Current: ordinal == current}
	switch {
	case len(refusals) > 0:
		e.Flag = "refused"
	case fault != nil:
		e.Flag = "no message"
	}
	if showAddress {
		if row, err := b.rows.at(ordinal); err == nil {
			e.Address = row.Address.String()
		}
	}
	return e
}

// telling gives the telling rows as entries, after those that were asked for.
func (b *Book) telling(asked []int, to links, current int, showAddress bool) []entry {
	var all []entry
	seen := map[int]bool{}
	for _, line := range asked {
		if ordinal, err := b.rows.find(line); err == nil && !seen[ordinal] {
			seen[ordinal] = true
			e := b.entry(ordinal, to, current, showAddress)
			e.Why = []string{"asked for"}
			all = append(all, e)
		}
	}
	for _, t := range b.survey.Telling() {
		e := entry{Line: t.Line, Link: to.row(t.Line), Current: t.Ordinal == current}
		if known, _ := b.rows.count(); t.Ordinal < known {
			e = b.entry(t.Ordinal, to, current, showAddress)
		}
		e.Why = t.Why
		all = append(all, e)
	}
	return all
}

// pageSize is how many rows are listed at a time.
const pageSize = 100

// listed gives the ordinals of a page of rows.
func (b *Book) listed(ctx context.Context, query string, from int) (ordinals []int, next int) {
	if query != "" {
		return b.rows.search(ctx, query, from, pageSize)
	}
	known, whole := b.rows.count()
	for ordinal := max(from, 0); ordinal < min(known, from+pageSize); ordinal++ {
		ordinals = append(ordinals, ordinal)
	}
	if from+pageSize < known || !whole && len(ordinals) == pageSize {
		return ordinals, from + pageSize
	}
	return ordinals, -1
}

// counted gives "1 message", "2,000 messages".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(n) + " " + what
}

// number gives n with commas.
func number(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// size gives octets as people say them.
func size(n int) string {
	switch {
	case n < 1<<10:
		return strconv.Itoa(n) + " bytes"
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// firstTelling is the ordinal of the row to begin with.
func (b *Book) firstTelling(asked []int) int {
	for _, line := range asked {
		if ordinal, err := b.rows.find(line); err == nil {
			return ordinal
		}
	}
	return 0
}
