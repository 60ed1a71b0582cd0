package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rowLines is a flag that names lines of the list, each given once.
type rowLines struct{ lines []int }

var errRowLine = errors.New("not a line of the list")

func (r *rowLines) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(r.lines), " ", ","), "[]")
}
func (r *rowLines) Type() string { return "line" }

// Set adds a line, or several with commas between them.
func (r *rowLines) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		line, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || line < 1 {
			return errRowLine
		}
		if !slices.Contains(r.lines, line) {
			r.lines = append(r.lines, line)
		}
	}
	return nil
}
