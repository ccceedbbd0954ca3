package main

import (
	"fmt"
	"strings"
)

// Expectation is one word of the command line behind the two files.
type Expectation struct {
	text   string
	object string // KIND/NAME, where it speaks of one
	field  string
	added  string
}

var fields = map[string]bool{
	"tolerations": true, "required": true, "preferred": true, "priorityClassName": true, "initContainers": true,
}

func readExpectations(words []string) ([]Expectation, error) {
	var expectations []Expectation
	for _, word := range words {
		expectation := Expectation{text: word}
		switch {
		case word == "unchanged" || word == "changed" || word == "override":
		case strings.HasPrefix(word, "same:"):
			expectation.object = strings.TrimPrefix(word, "same:")
		default:
			object, rest, found := strings.Cut(word, ":")
			expectation.object = object
			expectation.field, expectation.added, _ = strings.Cut(rest, "~")
			if !found || !fields[expectation.field] {
				return nil, fmt.Errorf("%q is no expectation", word)
			}
		}
		expectations = append(expectations, expectation)
	}
	return expectations, nil
}

func rulesOf(expectations []Expectation) Rules {
	rules := Rules{}
	for _, expectation := range expectations {
		rules.Override = rules.Override || expectation.text == "override"
	}
	return rules
}

// check returns what is wrong, or nothing.
func (e Expectation) check(before, after string, verdict Verdict) string {
	switch {
	case e.text == "override":
		return ""
	case e.text == "unchanged":
		if before != after {
			return "the output is not the input, byte for byte"
		}
		return ""
	case e.text == "changed":
		if len(verdict.Changes) == 0 {
			return "nothing was changed"
		}
		return ""
	case e.field == "":
		return e.checkSame(before, verdict)
	}
	for _, change := range verdict.Changes {
		if change.Object == e.object && change.Field == e.field && strings.Contains(change.Added, e.added) {
			return ""
		}
	}
	return fmt.Sprintf("expected %s, which did not happen", e.text)
}

func (e Expectation) checkSame(before string, verdict Verdict) string {
	for _, change := range verdict.Changes {
		if change.Object == e.object {
			return fmt.Sprintf("expected %s, but: %s", e.text, change)
		}
	}
	// A name that is nowhere would let this expectation hold for ever.
	for _, document := range splitAsHelm(before) {
		value, err := decode(document)
		if object, ok := value.(map[string]any); err == nil && ok && nameOf(object) == e.object {
			return ""
		}
	}
	return fmt.Sprintf("expected %s, but there is no such object", e.text)
}
