package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

// Where Helm 4 cuts a stream (SplitManifests in its releaseutil): also at a
// separator that has something glued to it. The line break before the
// separator stays with its document, as it does for Kubernetes' own reader: a
// block scalar that ends a document ends with it.
var separator = regexp.MustCompile(`(?m)^---[ \t]*`)

// Change is one thing that was added to one pod.
type Change struct {
	Object string // KIND/NAME
	Field  string
	Path   string
	Added  string // JSON
}

func (c Change) String() string {
	return fmt.Sprintf("+ %s %s: %s", c.Object, c.Path, c.Added)
}

// Rules are what expectations allow beyond the ordinary.
type Rules struct{ Override bool }

// compareStreams pairs documents by order and compares each pair as values.
func compareStreams(before, after string, rules Rules) Verdict {
	olds, news := splitAsHelm(before), splitAsHelm(after)
	verdict := Verdict{Documents: len(olds)}
	if len(olds) != len(news) {
		verdict.problem("%d documents became %d", len(olds), len(news))
		return verdict
	}
	for index := range olds {
		compareDocument(index, olds[index], news[index], rules, &verdict)
	}
	return verdict
}

func splitAsHelm(stream string) []string {
	var documents []string
	for _, document := range separator.Split(stream, -1) {
		if strings.TrimSpace(document) != "" {
			documents = append(documents, document)
		}
	}
	return documents
}

func compareDocument(index int, before, after string, rules Rules, verdict *Verdict) {
	where := fmt.Sprintf("document %d", index)
	old, oldErr := decode(before)
	if oldErr != nil {
		// What Helm's reader refuses cannot be judged, so it must not differ.
		if before != after {
			verdict.problem("%s cannot be read (%v) and was changed", where, oldErr)
		}
		return
	}
	fresh, err := decode(after)
	if err != nil {
		verdict.problem("%s cannot be read any more: %v", where, err)
		return
	}
	known := len(verdict.Changes) + len(verdict.Problems)
	compareObject(old, fresh, where, rules, verdict)
	if known == len(verdict.Changes)+len(verdict.Problems) && strings.TrimSpace(before) != strings.TrimSpace(after) {
		verdict.problem("%s says the same in other bytes", where)
	}
}

func decode(document string) (any, error) {
	text, err := yaml.YAMLToJSON([]byte(document))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	// A float64 would make two numbers equal that are not.
	decoder.UseNumber()
	var value any
	err = decoder.Decode(&value)
	return value, err
}

// compareObject takes the allowed differences out of `fresh` one by one, noting
// each as a change; what still differs then is a problem.
func compareObject(old, fresh any, where string, rules Rules, verdict *Verdict) {
	object, isObject := old.(map[string]any)
	other, isOther := fresh.(map[string]any)
	if !isObject || !isOther {
		reportDifferences(old, fresh, where, verdict)
		return
	}
	if name := nameOf(object); name != "" {
		where = name
	}
	if items, ok := object["items"].([]any); ok && strings.HasSuffix(kindOf(object), "List") {
		compareItems(object, items, other, where, rules, verdict)
		return
	}
	for _, path := range podSpecPaths(object) {
		for _, place := range find(object, path, "") {
			comparePodSpec(place, other, where, kindOf(object), rules, verdict)
		}
	}
	reportDifferences(old, fresh, where, verdict)
}

func compareItems(list map[string]any, items []any, other map[string]any, where string, rules Rules, verdict *Verdict) {
	others, _ := other["items"].([]any)
	if len(items) != len(others) {
		verdict.problem("%s: %d items became %d", where, len(items), len(others))
		return
	}
	for index := range items {
		// Items of a typed list may leave their kind to the list.
		if item, ok := items[index].(map[string]any); ok && kindOf(list) != "List" && item["kind"] == nil {
			verdict.problem("%s: item %d has no kind; verify does not guess it", where, index)
		}
		compareObject(items[index], others[index], fmt.Sprintf("%s items[%d]", where, index), rules, verdict)
	}
	other["items"] = list["items"]
	reportDifferences(list, other, where, verdict)
}

func kindOf(object map[string]any) string {
	kind, _ := object["kind"].(string)
	return kind
}

func nameOf(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	for _, key := range []string{"name", "generateName"} {
		if name, ok := metadata[key].(string); ok {
			return kindOf(object) + "/" + name
		}
	}
	return ""
}

// reportDifferences names every leaf in which two values differ.
func reportDifferences(old, fresh any, path string, verdict *Verdict) {
	if reflect.DeepEqual(old, fresh) {
		return
	}
	oldMap, oldIsMap := old.(map[string]any)
	freshMap, freshIsMap := fresh.(map[string]any)
	if oldIsMap && freshIsMap {
		for _, key := range keysOf(oldMap, freshMap) {
			oldValue, inOld := oldMap[key]
			freshValue, inFresh := freshMap[key]
			switch {
			case !inOld:
				verdict.problem("%s.%s was added: %s", path, key, compact(freshValue))
			case !inFresh:
				verdict.problem("%s.%s was removed: %s", path, key, compact(oldValue))
			default:
				reportDifferences(oldValue, freshValue, path+"."+key, verdict)
			}
		}
		return
	}
	oldList, oldIsList := old.([]any)
	freshList, freshIsList := fresh.([]any)
	if oldIsList && freshIsList && len(oldList) == len(freshList) {
		for index := range oldList {
			reportDifferences(oldList[index], freshList[index], fmt.Sprintf("%s[%d]", path, index), verdict)
		}
		return
	}
	verdict.problem("%s was %s and is %s", path, compact(old), compact(fresh))
}

func keysOf(maps ...map[string]any) []string {
	seen := map[string]bool{}
	for _, one := range maps {
		for key := range one {
			seen[key] = true
		}
	}
	keys := make([]string, 0, len(seen))
	for key := range seen {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func compact(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(text.String())
}

func (v *Verdict) problem(format string, args ...any) {
	v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
}
