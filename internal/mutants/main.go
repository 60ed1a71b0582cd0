// Command mutants shows that the corpus in testdata/guard holds every rule. It
// builds the tests once, from copies of the sources in which each place that
// refuses, and each that looks for somebody, can be put out of action, and runs
// the corpus with one of them off after another. A rule whose leaks all stay
// refused is held by nothing, and so is one without such a place.
//
// The copies are an overlay of the go command: no source is written to, and no
// program that is shipped has a switch in it.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintf(os.Stderr, "mutants: %v\n", err)
		os.Exit(1)
	}
}

// run does it all for the module in root.
func run(root string) error {
	sites, err := findSites(root)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	held, err := readHeld(root)
	if err != nil {
		return err
	}
	tests := tests{root: root, work: work, held: held, binaries: map[string]string{}}
	if err := tests.build(sites); err != nil {
		return err
	}
	return report(os.Stdout, sites, &tests)
}
