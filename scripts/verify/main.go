// Command verify judges what dunnage did to a stream of manifests without
// sharing a line of code with it: it reads both streams with the library that
// Helm reads them with, and it compares their bytes with no YAML reader at all.
//
//	verify BEFORE AFTER [EXPECTATION...]
//
// It prints each change and exits with 1 if anything was changed that dunnage
// has no business with, or if an expectation does not hold:
//
//	unchanged              the two files are the same bytes
//	changed                something was changed
//	override               a priority class may replace the chart's
//	same:KIND/NAME         this object is there and was left alone
//	KIND/NAME:FIELD        FIELD of this object was changed, where FIELD is tolerations,
//	                       required, preferred, priorityClassName or initContainers
//	KIND/NAME:FIELD~TEXT   and what was added holds TEXT, as JSON without blanks
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) < 2 {
		fmt.Fprintln(stderr, "usage: verify BEFORE AFTER [EXPECTATION...]")
		return 2
	}
	before, err := os.ReadFile(args[0])
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		return 2
	}
	after, err := os.ReadFile(args[1])
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		return 2
	}
	expectations, err := readExpectations(args[2:])
	if err != nil {
		fmt.Fprintln(stderr, "verify:", err)
		return 2
	}

	verdict := judge(string(before), string(after), expectations)
	for _, change := range verdict.Changes {
		fmt.Fprintln(stdout, change)
	}
	fmt.Fprintf(stdout, "%d documents, %d changes\n", verdict.Documents, len(verdict.Changes))
	for _, problem := range verdict.Problems {
		fmt.Fprintln(stderr, "verify:", problem)
	}
	if len(verdict.Problems) > 0 {
		return 1
	}
	return 0
}

// Verdict is what came of one comparison; no problem means that all is well.
type Verdict struct {
	Documents int
	Changes   []Change
	Problems  []string
}

func judge(before, after string, expectations []Expectation) Verdict {
	rules := rulesOf(expectations)
	verdict := compareStreams(before, after, rules)
	verdict.Problems = append(verdict.Problems, compareBytes(before, after)...)
	for _, expectation := range expectations {
		if problem := expectation.check(before, after, verdict); problem != "" {
			verdict.Problems = append(verdict.Problems, problem)
		}
	}
	return verdict
}
