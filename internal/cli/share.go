package cli

import (
	"errors"
	"strconv"
	"strings"
)

// share is the flag --max-rejected: a part of a whole, from 0 to 1.
type share struct {
	text string
	part float64
}

var errShare = errors.New("not a share")

func (s *share) String() string { return s.text }
func (s *share) Type() string   { return "share" }

// Set reads "5%" or "0.05".
func (s *share) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	part, err := strconv.ParseFloat(number, 64)
	if percent {
		part /= 100
	}
	if err != nil || !(part >= 0 && part <= 1) { // NaN is neither
		return errShare
	}
	s.text, s.part = text, part
	return nil
}
