package main

import (
	"fmt"
	"regexp"
	"strings"
)

// The keys whose lines dunnage may touch; every other line comes out as it went
// in, unless it is part of a flow mapping or of JSON.
const touchable = `tolerations|affinity|nodeAffinity|` + requiredKey + `|` + preferredKey +
	`|nodeSelectorTerms|matchExpressions|initContainers|priorityClassName`

var (
	// A key that may be touched, and behind it a value that says nothing.
	emptyValue = regexp.MustCompile(`((?:^|[\s{,"'-])(?:` + touchable + `)["']?[ \t]*:)[ \t]*(?:\[[ \t]*\]|\{[ \t]*\}|null|Null|NULL|~|""|'')`)
	// The same with any value, for a priority class that is replaced.
	priorityValue = regexp.MustCompile(`((?:^|[\s{,"'-])priorityClassName["']?[ \t]*:)[ \t]*(?:"[^"]*"|'[^']*'|[^\s,}#]+)`)
	touchableKey  = regexp.MustCompile(`(?:^|[\s{,"'-])(?:` + touchable + `)["']?[ \t]*:`)
	flowSign      = regexp.MustCompile(`[{}\[\]]|^\s*"`)
	blockKeyLine  = regexp.MustCompile(`^\s*(?:- +)*["']?(?:` + touchable + `)["']?[ \t]*:`)
	// Words, quoted strings, and every other byte for itself.
	token = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s{}\[\],:"']+|(?s:.)`)
)

// compareBytes wants `after` to be `before` with lines put in between and with
// additions on lines that may be touched. It reads no YAML: it knows lines,
// separators and the nine keys above.
func compareBytes(before, after string) []string {
	if strings.HasSuffix(before, "\n") != strings.HasSuffix(after, "\n") {
		return []string{"bytes: the newline at the end of the stream came or went"}
	}
	if !strings.HasSuffix(before, "\n") {
		before, after = before+"\n", after+"\n"
	}
	olds, news := chunksOf(before), chunksOf(after)
	if len(olds) != len(news) {
		return []string{fmt.Sprintf("bytes: %d separators became %d", len(olds)-1, len(news)-1)}
	}
	var problems []string
	number := 1
	for index := range olds {
		for _, hunk := range difference(olds[index], news[index]) {
			if objection := hunk.objection(); objection != "" {
				problems = append(problems, fmt.Sprintf("bytes: line %d: %s", number+hunk.start, objection))
			}
		}
		number += len(olds[index])
	}
	return problems
}

// chunksOf cuts a stream into lines, line ends included, and before every line
// that begins with a separator. The first chunk is what stands before the first.
func chunksOf(stream string) [][]string {
	chunks := [][]string{nil}
	for _, line := range strings.SplitAfter(stream, "\n") {
		if line == "" {
			continue
		}
		if strings.HasPrefix(line, "---") {
			chunks = append(chunks, nil)
		}
		last := len(chunks) - 1
		chunks[last] = append(chunks[last], line)
	}
	return chunks
}

// Hunk is a place where lines differ: those that are gone, those that came.
type Hunk struct {
	start          int // index of the line in the chunk before
	gone, came     []string
	previous, next string // the unchanged lines around it
	usual          string // how most lines of the document end
}

func (h Hunk) objection() string {
	for _, line := range h.came {
		if !h.endsAsHere(line) {
			return fmt.Sprintf("%q does not end as the lines around it do", line)
		}
		for _, marker := range []string{"---", "...", "%"} {
			if strings.HasPrefix(line, marker) {
				return fmt.Sprintf("%q was put in", line)
			}
		}
	}
	for _, line := range h.gone {
		if !touchableKey.MatchString(line) && !flowSign.MatchString(line) && !h.gainedComma(line) {
			return fmt.Sprintf("%q is gone or was changed", line)
		}
		if blockKeyLine.MatchString(line) && !h.keeps(line) {
			return fmt.Sprintf("%q lost what stands around its value", line)
		}
	}
	gone, came := strings.Join(h.gone, ""), strings.Join(h.came, "")
	lost, blanks := subsequence(tokens(withoutEmptyValues(gone)), tokens(came))
	if lost != "" {
		return fmt.Sprintf("%q is lost from %q", lost, gone)
	}
	if blanks && len(h.gone) == 1 && len(h.came) == 1 {
		return fmt.Sprintf("blanks came into %q", gone)
	}
	return ""
}

func tokens(text string) []string {
	return token.FindAllString(text, -1)
}

// endsAsHere: a line ends as most lines of the document do, or as its neighbours
// do. The two differ where Helm has trimmed the last line of a document with
// the line ends of Windows.
func (h Hunk) endsAsHere(line string) bool {
	for _, other := range append([]string{h.previous, h.next, h.usual}, h.gone...) {
		if other != "" && endOf(other) == endOf(line) {
			return true
		}
	}
	return false
}

func endOf(line string) string {
	if strings.HasSuffix(line, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// gainedComma: the last member of a flow mapping that has a new neighbour.
func (h Hunk) gainedComma(line string) bool {
	body := strings.TrimRight(line, "\r\n")
	for _, came := range h.came {
		if strings.HasPrefix(came, body+",") {
			return true
		}
	}
	return false
}

// keeps says whether what stands before and behind the value of a line with one
// of our keys still begins and ends a line.
func (h Hunk) keeps(line string) bool {
	span := emptyValue.FindStringSubmatchIndex(line)
	if span == nil {
		span = priorityValue.FindStringSubmatchIndex(line)
	}
	if span == nil {
		return true
	}
	head, tail := line[:span[3]], line[span[1]:]
	var begins, ends bool
	for _, came := range h.came {
		begins = begins || strings.HasPrefix(came, head)
		ends = ends || strings.HasSuffix(came, tail)
	}
	return begins && ends
}

func withoutEmptyValues(text string) string {
	return priorityValue.ReplaceAllString(emptyValue.ReplaceAllString(text, "$1"), "$1")
}

// subsequence looks for the words of `short` in `long`, in order, and returns
// the first that is not there. It also says whether anything stands between two
// of them that is nothing but blanks.
func subsequence(short, long []string) (lost string, blanks bool) {
	at := 0
	for _, word := range short {
		between := at
		for at < len(long) && long[at] != word {
			at++
		}
		if at == len(long) {
			return word, blanks
		}
		blanks = blanks || at > between && strings.TrimSpace(strings.Join(long[between:at], "")) == ""
		at++
	}
	return "", blanks
}

// difference cuts two lists of lines into what both keep and the hunks between,
// keeping as many lines as can be kept.
func difference(old, fresh []string) []Hunk {
	start := 0
	for start < len(old) && start < len(fresh) && old[start] == fresh[start] {
		start++
	}
	tail := 0
	for tail < len(old)-start && tail < len(fresh)-start && old[len(old)-1-tail] == fresh[len(fresh)-1-tail] {
		tail++
	}
	var hunks []Hunk
	usual := usualEnd(old)
	x, y := start, start
	kept := commonLines(old[start:len(old)-tail], fresh[start:len(fresh)-tail])
	kept = append(kept, [2]int{len(old) - tail - start, len(fresh) - tail - start})
	for _, pair := range kept {
		nextX, nextY := pair[0]+start, pair[1]+start
		if x < nextX || y < nextY {
			hunks = append(hunks, Hunk{x, old[x:nextX], fresh[y:nextY], lineAt(old, x-1), lineAt(old, nextX), usual})
		}
		x, y = nextX+1, nextY+1
	}
	return hunks
}

func usualEnd(lines []string) string {
	carriageReturns := 0
	for _, line := range lines {
		if endOf(line) == "\r\n" {
			carriageReturns++
		}
	}
	if 2*carriageReturns > len(lines) {
		return "\r\n"
	}
	return "\n"
}

func lineAt(lines []string, index int) string {
	if index < 0 || index >= len(lines) {
		return ""
	}
	return lines[index]
}

// commonLines returns the indices of a longest common subsequence, in order.
func commonLines(old, fresh []string) [][2]int {
	// length[x][y] is how many lines old[x:] and fresh[y:] can keep.
	length := make([][]int32, len(old)+1)
	for x := range length {
		length[x] = make([]int32, len(fresh)+1)
	}
	for x := len(old) - 1; x >= 0; x-- {
		for y := len(fresh) - 1; y >= 0; y-- {
			if old[x] == fresh[y] {
				length[x][y] = length[x+1][y+1] + 1
			} else {
				length[x][y] = max(length[x+1][y], length[x][y+1])
			}
		}
	}
	var kept [][2]int
	for x, y := 0, 0; x < len(old) && y < len(fresh); {
		switch {
		case old[x] == fresh[y]:
			kept = append(kept, [2]int{x, y})
			x, y = x+1, y+1
		case length[x+1][y] >= length[x][y+1]:
			x++
		default:
			y++
		}
	}
	return kept
}
