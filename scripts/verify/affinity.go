package main

import (
	"fmt"
	"reflect"
	"sort"
)

const (
	requiredKey  = "requiredDuringSchedulingIgnoredDuringExecution"
	preferredKey = "preferredDuringSchedulingIgnoredDuringExecution"
)

// compareAffinity judges affinity.nodeAffinity and leaves every other kind of
// affinity to the comparison of the whole object.
func (p podComparison) compareAffinity() {
	if reflect.DeepEqual(p.old["affinity"], p.fresh["affinity"]) {
		return
	}
	fresh, ok := p.fresh["affinity"].(map[string]any)
	if !ok {
		return
	}
	old, _ := p.old["affinity"].(map[string]any)
	freshNode, ok := fresh["nodeAffinity"].(map[string]any)
	if !ok {
		return
	}
	oldNode, _ := old["nodeAffinity"].(map[string]any)
	if !reflect.DeepEqual(oldNode, freshNode) {
		p.compareRequired(oldNode, freshNode)
		p.comparePreferred(oldNode, freshNode)
		settleEmptied(old, fresh, "nodeAffinity", freshNode)
		settleEmptied(p.old, p.fresh, "affinity", fresh)
	}
}

// settleEmptied takes away a parent that was made only to hold what has been
// settled inside it. One that was there before, even as null, becomes what it
// was if nothing but settled things hangs in it.
func settleEmptied(old, fresh map[string]any, field string, value map[string]any) {
	if len(value) == 0 {
		settle(old, fresh, field)
	}
}

func (p podComparison) comparePreferred(old, fresh map[string]any) {
	if reflect.DeepEqual(old[preferredKey], fresh[preferredKey]) {
		return
	}
	check := func(added any) string {
		term := added.(map[string]any)
		preference, _ := term["preference"].(map[string]any)
		if len(without(term, "weight", "preference")) > 0 || !isRequirement(preference) {
			return "no preference that Kubernetes knows: " + compact(added)
		}
		return ""
	}
	p.grown(old, fresh, preferredKey, "preferred", "affinity.nodeAffinity."+preferredKey, check)
	settle(old, fresh, preferredKey)
}

func (p podComparison) compareRequired(old, fresh map[string]any) {
	if reflect.DeepEqual(old[requiredKey], fresh[requiredKey]) {
		return
	}
	path := "affinity.nodeAffinity." + requiredKey
	oldSelector, _ := old[requiredKey].(map[string]any)
	freshSelector, _ := fresh[requiredKey].(map[string]any)
	if len(without(freshSelector, "nodeSelectorTerms")) > 0 {
		p.problem("%s has a key that Kubernetes does not know: %s", path, compact(freshSelector))
	}
	oldTerms, _ := listOf(oldSelector["nodeSelectorTerms"])
	freshTerms, _ := listOf(freshSelector["nodeSelectorTerms"])
	settle(old, fresh, requiredKey)
	if len(oldTerms) == 0 {
		if len(freshTerms) != 1 || !isRequirement(freshTerms[0]) {
			p.problem("%s should have one term: %s", path, compact(freshTerms))
		}
		p.change("required", path, freshTerms)
		return
	}
	// Terms are alternatives: one more of them would ask for less.
	if len(oldTerms) != len(freshTerms) {
		p.problem("%s had %d terms and has %d", path, len(oldTerms), len(freshTerms))
		return
	}
	p.compareTerms(oldTerms, freshTerms, path+".nodeSelectorTerms")
}

// compareTerms wants the same expressions at the end of every term that
// selects anything, and terms that select nothing left alone.
func (p podComparison) compareTerms(olds, freshs []any, path string) {
	asked := map[string]bool{}
	var selecting []map[string]any
	for index := range olds {
		old, _ := olds[index].(map[string]any)
		fresh, _ := freshs[index].(map[string]any)
		where := fmt.Sprintf("%s[%d]", path, index)
		if isEmptyTerm(old) {
			if !reflect.DeepEqual(olds[index], freshs[index]) {
				p.problem("%s matched no node and is now %s", where, compact(fresh))
			}
			continue
		}
		selecting = append(selecting, fresh)
		if !reflect.DeepEqual(without(old, "matchExpressions"), without(fresh, "matchExpressions")) {
			p.problem("%s changed beside its matchExpressions: %s", where, compact(fresh))
		}
		oldList, _ := listOf(old["matchExpressions"])
		freshList, _ := listOf(fresh["matchExpressions"])
		for _, added := range freshList[min(len(oldList), len(freshList)):] {
			asked[canonical(added)] = true
		}
		if !reflect.DeepEqual(old["matchExpressions"], fresh["matchExpressions"]) {
			p.grown(old, fresh, "matchExpressions", "required", where+".matchExpressions", nil)
		}
	}
	for _, term := range selecting {
		held := map[string]bool{}
		list, _ := listOf(term["matchExpressions"])
		for _, expression := range list {
			held[canonical(expression)] = true
		}
		for _, expression := range sortedKeys(asked) {
			if !held[expression] {
				p.problem("%s: %s is asked for in some terms but not in %s", path, expression, compact(term))
			}
		}
	}
}

func isEmptyTerm(term map[string]any) bool {
	expressions, _ := listOf(term["matchExpressions"])
	fields, _ := listOf(term["matchFields"])
	return len(expressions) == 0 && len(fields) == 0
}

// isRequirement says whether a term is nothing but expressions, at least one.
func isRequirement(value any) bool {
	term, _ := value.(map[string]any)
	expressions, ok := term["matchExpressions"].([]any)
	return ok && len(expressions) > 0 && len(term) == 1
}

// canonical writes an expression with its values in order, for they are a set.
func canonical(expression any) string {
	object, _ := expression.(map[string]any)
	values, _ := listOf(object["values"])
	texts := make([]string, len(values))
	for index := range values {
		texts[index] = compact(values[index])
	}
	sort.Strings(texts)
	return fmt.Sprint(compact(object["key"]), " ", compact(object["operator"]), " ", texts)
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for key := range set {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
