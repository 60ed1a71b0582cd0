package main

import (
	"errors"
	"fmt"
	"io"

	"mailshot/internal/rule"
)

// report puts the places of each rule out of action, all at once and one by one,
// then those that only look for somebody, and says which test noticed. It fails
// where no leak of a rule misses it.
func report(w io.Writer, sites []*site, t *tests) error {
	var wrong []error
	for _, e := range rule.Table() {
		places := placesOf(sites, e.ID)
		failed, err := t.miss(e.ID, places)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-21s %d places: %s\n", e.ID, len(places), by(failed))
		if len(places) == 0 || len(failed) == 0 {
			wrong = append(wrong, fmt.Errorf("nothing misses the rule %s, which has %d places", e.ID, len(places)))
		}
		if err := eachPlace(w, sites, places, t); err != nil {
			return err
		}
	}
	fmt.Fprintln(w, "what looks for somebody:")
	return errors.Join(append(wrong, eachPlace(w, sites, placesOf(sites, ""), t))...)
}

// placesOf gives the numbers of the sites of a rule.
func placesOf(sites []*site, id rule.ID) (places []int) {
	for n, s := range sites {
		if s.rule == id {
			places = append(places, n)
		}
	}
	return places
}

// eachPlace puts one place after another out of action.
func eachPlace(w io.Writer, sites []*site, places []int, t *tests) error {
	for _, n := range places {
		failed, err := t.miss(sites[n].rule, []int{n})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "  %s\n      %s\n", sites[n], by(failed))
	}
	return nil
}

func by(failed []string) string {
	if len(failed) == 0 {
		return "not missed: another place holds it too, or no file reaches it"
	}
	return "missed by " + failed[0]
}
