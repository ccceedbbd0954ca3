package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const plain = `---
# Source: c/templates/a.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    metadata:
      labels: {app: web}   
    spec:
      # who runs it
      containers:
        - name: web
          image: "example.org/web:1"
          args:
            - |+
              tolerations: []

      tolerations: []   # none yet
---
# Source: c/templates/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: words
data:
  tolerations: "none"
`

const placed = `---
# Source: c/templates/a.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  template:
    metadata:
      labels: {app: web}   
    spec:
      # who runs it
      containers:
        - name: web
          image: "example.org/web:1"
          args:
            - |+
              tolerations: []

      tolerations:   # none yet
        - key: "example.org/dedicated"
          operator: "Equal"
          value: "core"
          effect: "NoSchedule"
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              preference:
                matchExpressions:
                  - key: "purpose"
                    operator: "In"
                    values: ["core"]
      priorityClassName: "fast"
---
# Source: c/templates/b.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: words
data:
  tolerations: "none"
`

const terms = `apiVersion: v1
kind: PodTemplate
metadata: {name: t}
template:
  spec:
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: arch, operator: In, values: [a]}
            - {}
            - matchFields:
                - {key: metadata.name, operator: In, values: [n]}
`

const required = `apiVersion: v1
kind: PodTemplate
metadata: {name: t}
template:
  spec:
    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
            - matchExpressions:
                - {key: arch, operator: In, values: [a]}
                - {key: purpose, operator: In, values: [core]}
            - {}
            - matchFields:
                - {key: metadata.name, operator: In, values: [n]}
              matchExpressions:
                - {key: purpose, operator: In, values: [core]}
`

const puller = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: puller
spec:
  template:
    spec:
      initContainers:
        - name: image-pull-a
          image: example.org/a:1
          command: [sh, -c, echo]
      containers:
        - name: pause
          image: example.org/pause:1
`

const pulls = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: puller
spec:
  template:
    spec:
      initContainers:
        - name: image-pull-a
          image: example.org/a:1
          command: [sh, -c, echo]
        - name: image-pull-b
          image: example.org/b:1
          command: [sh, -c, echo]
      containers:
        - name: pause
          image: example.org/pause:1
`

const flow = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"json"},"spec":{"tolerations":[],"containers":[]}}
`

const flowPlaced = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"json"},"spec":{"tolerations":[{"key":"k","operator":"Exists"}],"containers":[],"priorityClassName":"fast"}}
`

const pretty = `{
  "apiVersion": "v1",
  "kind": "Pod",
  "spec": {
    "containers": [],
    "nodeName": "n"
  }
}
`

const prettyPlaced = `{
  "apiVersion": "v1",
  "kind": "Pod",
  "spec": {
    "containers": [],
    "nodeName": "n",
    "priorityClassName": "fast"
  }
}
`

func TestWhatDunnageMayDoPasses(t *testing.T) {
	checkPasses(t, plain, plain, "unchanged", "same:Deployment/web", "same:ConfigMap/words")
	checkPasses(t, plain, placed, "changed", "same:ConfigMap/words", "Deployment/web:tolerations~dedicated",
		`Deployment/web:preferred~"values":["core"]`, "Deployment/web:priorityClassName~fast")
	checkPasses(t, terms, required, "PodTemplate/t:required~purpose")
	checkPasses(t, puller, pulls, "DaemonSet/puller:initContainers~example.org/b:1")
	checkPasses(t, flow, flowPlaced, "Pod/json:tolerations~k", "Pod/json:priorityClassName")
	checkPasses(t, pretty, prettyPlaced, "changed")
	checkPasses(t, withCarriageReturns(plain), withCarriageReturns(placed), "changed")
	checkPasses(t, strings.TrimSuffix(plain, "\n"), strings.TrimSuffix(placed, "\n"), "changed")
	checkPasses(t, listed(plain), listed(placed), "changed")
}

// Helm 3 trims each document, so the last line end of a Windows file is its own.
func TestTheLastLineEndOfATrimmedDocumentMayDiffer(t *testing.T) {
	crlf := "---\n# Source: c/templates/a.yaml\n" + withCarriageReturns("kind: Pod\napiVersion: v1\nspec:\n  nodeName: n\n  tolerations:\n    - key: a")
	checkPasses(t, crlf+"\n---\na: b\n", crlf+"\n    - key: b\r\n---\na: b\n", "changed")
	checkPasses(t, crlf+"\n---\na: b\n", crlf+"\n    - key: b\n---\na: b\n", "changed")
	checkFails(t, crlf+"\n", strings.Replace(crlf, "nodeName: n", "nodeName: n\n  hostNetwork: true", 1)+"\n", "hostNetwork")
	checkFails(t, crlf+"\n", strings.Replace(crlf, "nodeName: n\r", "nodeName: n", 1)+"\n", "does not end as")
}

func TestOverrideMustBeAllowed(t *testing.T) {
	before := "apiVersion: v1\nkind: Pod\nspec:\n  priorityClassName: slow # by chart\n"
	after := strings.ReplaceAll(before, "slow", `"fast"`)
	checkFails(t, before, after, "priorityClassName was")
	checkPasses(t, before, after, "override")
	system := strings.ReplaceAll(before, "slow", "system-node-critical")
	checkFails(t, system, after, "priorityClassName was", "override")
}

// Each of these is a good output that somebody spoilt.
func TestTamperedOutputsFail(t *testing.T) {
	tamper := func(before, after, old, fresh, complaint string) {
		t.Helper()
		spoilt := strings.Replace(after, old, fresh, 1)
		if spoilt == after {
			t.Fatalf("%q is not there to be spoilt", old)
		}
		checkFails(t, before, spoilt, complaint)
	}
	tamper(plain, placed, "replicas: 2", "replicas: 3", "spec.replicas")
	tamper(plain, placed, "  replicas: 2\n", "", "spec.replicas was removed")
	tamper(plain, placed, "replicas: 2", `replicas: 0x2`, "is gone or was changed")
	tamper(plain, placed, "labels: {app: web}   \n", "labels: {app: web}\n", `" " is lost`)
	tamper(plain, placed, `"example.org/web:1"`, "example.org/web:1", "is gone or was changed")
	tamper(plain, placed, "      # who runs it\n", "", "who runs it")
	tamper(plain, placed, "   # none yet", "", "none yet")
	tamper(plain, placed, "# Source: c/templates/b.yaml\n", "", "is gone or was changed")
	tamper(plain, placed, `tolerations: "none"`, `tolerations: "some"`, "data.tolerations")
	tamper(plain, placed, `tolerations: "none"`, `tolerations: 'none'`, "in other bytes")
	tamper(plain, placed, "tolerations: []\n\n", "tolerations: []\n", "args")
	tamper(plain, placed, "labels: {app: web}", "labels: {app: web, x: y}", "labels.x was added")
	tamper(plain, placed, `priorityClassName: "fast"`, `priorityClassname: "fast"`, "priorityClassname was added")
	tamper(plain, placed, `priorityClassName: "fast"`, `hostNetwork: true`, "hostNetwork was added")
	tamper(plain, placed, `nodeAffinity:`, `podAffinity:`, "affinity was added")
	tamper(plain, placed, "weight: 100", "wait: 100", "no preference that Kubernetes knows")
	tamper(plain, placed, "data:\n", "data:\n---\n", "documents")
	tamper(plain, placed, "---\n# Source: c/templates/b.yaml", "# Source: c/templates/b.yaml", "documents")
	tamper(plain, placed, "metadata:\n  name: words\n", "metadata:\n  name: words\n...\n", `"...\n" was put in`)
	tamper(plain, withCarriageReturns(placed), "\r\n", "\n", "does not end as")
	tamper(withCarriageReturns(plain), withCarriageReturns(placed), "      priorityClassName: \"fast\"\r\n",
		"      priorityClassName: \"fast\"\n", "does not end as")
	tamper(terms, required, "- {}", "- matchExpressions: [{key: purpose, operator: In, values: [core]}]", "matched no node")
	tamper(terms, required, "                - {key: arch, operator: In, values: [a]}\n", "", "no list that grew")
	tamper(terms, required, "              matchExpressions:\n                - {key: purpose, operator: In, values: [core]}\n",
		"", "in some terms but not in")
	tamper(terms, required, "            - {}\n", "            - {}\n            - matchExpressions: [{key: a, operator: Exists}]\n", "had 3 terms and has 4")
	tamper(puller, pulls, "image-pull-b", "image-pull-a", "its name is taken")
	tamper(puller, pulls, "example.org/b:1", "example.org/a:1", "its image was there")
	tamper(puller, pulls, "          command: [sh, -c, echo]\n      containers", "      containers", "not of the form")
	tamper(puller, pulls, "- name: pause", "- name: paused", "containers[0].name")
	tamper(flow, flowPlaced, `"containers":[]`, `"containers":[{}]`, "containers was")
	tamper(flow, flowPlaced, `"spec":{`, `"spec": {`, "blanks came")
}

func TestTolerationsOnlyGrowAtTheEndAndOnce(t *testing.T) {
	pod := func(keys ...string) string {
		text := "apiVersion: v1\nkind: Pod\nspec:\n  tolerations:\n"
		for _, key := range keys {
			text += "    - key: " + key + "\n"
		}
		return text
	}
	checkPasses(t, pod("a"), pod("a", "b"), "changed")
	checkFails(t, pod("a"), pod("b", "a"), "did not only grow")
	checkFails(t, pod("a"), pod("a", "a"), "twice")
	checkFails(t, pod("a", "b"), pod("a"), "no list that grew")
}

func TestPodsOfOtherKindsAreNobodysBusiness(t *testing.T) {
	custom := strings.NewReplacer("apps/v1", "example.org/v1")
	checkFails(t, custom.Replace(plain), custom.Replace(placed), "spec.template.spec.affinity was added")
}

func TestDocumentsThatCannotBeReadMustStay(t *testing.T) {
	dangling := "apiVersion: v1\nkind: Pod\nspec:\n  a: *nowhere\n"
	checkPasses(t, dangling, dangling, "unchanged")
	checkFails(t, dangling, dangling+"  priorityClassName: a\n", "cannot be read")
	checkFails(t, plain, placed+"  - not yaml\n", "cannot be read any more")
}

func TestExpectationsThatDoNotHoldFail(t *testing.T) {
	checkFails(t, plain, plain, "nothing was changed", "changed")
	checkFails(t, plain, placed, "byte for byte", "unchanged")
	checkFails(t, plain, placed, "same:Deployment/web, but", "same:Deployment/web")
	checkFails(t, plain, placed, "no such object", "same:Deployment/nobody")
	checkFails(t, plain, placed, "did not happen", "Deployment/web:tolerations~other")
	checkFails(t, plain, placed, "did not happen", "Deployment/web:required")
	for _, word := range []string{"Deployment/web", "Deployment/web:replicas", "nonsense"} {
		if _, err := readExpectations([]string{word}); err == nil {
			t.Errorf("%q was taken for an expectation", word)
		}
	}
}

func TestTheProgramAnswersWithItsExitCode(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	before, after := write("before", plain), write("after", placed)
	for _, c := range []struct {
		code int
		args []string
	}{
		{0, []string{before, after, "changed"}},
		{1, []string{before, after, "unchanged"}},
		{1, []string{after, before}},
		{2, []string{before}},
		{2, []string{before, filepath.Join(folder, "none")}},
		{2, []string{before, after, "nonsense"}},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(c.args, &stdout, &stderr); code != c.code {
			t.Errorf("%v: exit code %d, expected %d\n%s%s", c.args, code, c.code, &stdout, &stderr)
		}
	}
}

func checkPasses(t *testing.T, before, after string, words ...string) {
	t.Helper()
	if problems := problemsOf(t, before, after, words); len(problems) > 0 {
		t.Errorf("should pass, but:\n%s", strings.Join(problems, "\n"))
	}
}

func checkFails(t *testing.T, before, after, complaint string, words ...string) {
	t.Helper()
	problems := strings.Join(problemsOf(t, before, after, words), "\n")
	if problems == "" || !strings.Contains(problems, complaint) {
		t.Errorf("should fail with %q, but said %q", complaint, problems)
	}
}

func problemsOf(t *testing.T, before, after string, words []string) []string {
	t.Helper()
	expectations, err := readExpectations(words)
	if err != nil {
		t.Fatal(err)
	}
	return judge(before, after, expectations).Problems
}

func withCarriageReturns(text string) string {
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// listed puts the first document of a stream into a List.
func listed(stream string) string {
	text := "apiVersion: v1\nkind: List\nitems:\n"
	first := strings.Split(stream, "---\n")[1]
	for index, line := range strings.SplitAfter(strings.TrimPrefix(first, "# Source: c/templates/a.yaml\n"), "\n") {
		switch {
		case index == 0:
			text += "  - " + line
		case strings.TrimSpace(line) == "":
			text += line
		default:
			text += "    " + line
		}
	}
	return text
}

// Shapes of pods that an editor writes into in ways of their own.
func TestEveryShapeOfEditPasses(t *testing.T) {
	pod := func(spec string) string { return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n" + spec }
	for _, c := range []struct{ name, before, after string }{
		{"null", "spec:\n  tolerations: ~\n", "spec:\n  tolerations:\n    - key: a\n"},
		{"nothing, and a comment", "spec:\n  tolerations:   # none\n  a: b\n", "spec:\n  tolerations:   # none\n    - key: a\n  a: b\n"},
		{"empty list in place", "spec:\n  tolerations: [ ]  # x\n", "spec:\n  tolerations: [{key: a}]  # x\n"},
		{"flow list", "spec:\n  tolerations: [{key: b}]\n", "spec:\n  tolerations: [{key: b}, {key: a}]\n"},
		{"indentless list", "spec:\n  tolerations:\n  - key: b\n  a: b\n", "spec:\n  tolerations:\n  - key: b\n  - key: a\n  a: b\n"},
		{"flow spec", "spec: {a: b}\n", "spec: {a: b, tolerations: [{key: a}]}\n"},
		{"flow spec with a last comma", "spec: {a: [],}\n", "spec: {a: [], tolerations: [{key: a}],}\n"},
		{"flow spec over lines", "spec: {\n  a: b\n}\n", "spec: {\n  a: b,\n  tolerations: [{key: a}]\n}\n"},
		{"flow spec, one line more", "spec: {a: b,\n  c: d}\n", "spec: {a: b,\n  c: d, tolerations: [{key: a}]}\n"},
		{"empty spec", "spec: {}\n", "spec: {tolerations: [{key: a}]}\n"},
		{"empty class", "spec:\n  priorityClassName: \"\" # x\n", "spec:\n  priorityClassName: fast # x\n"},
		{"null class", "spec:\n  priorityClassName:\n  a: b\n", "spec:\n  priorityClassName: fast\n  a: b\n"},
		{"empty affinity", "spec:\n  affinity: {}\n", "spec:\n  affinity:\n    nodeAffinity:\n      " + requiredKey +
			":\n        nodeSelectorTerms:\n          - matchExpressions:\n              - key: a\n                operator: Exists\n"},
		{"null node affinity", "spec:\n  affinity:\n    podAffinity: {}\n    nodeAffinity: null\n",
			"spec:\n  affinity:\n    podAffinity: {}\n    nodeAffinity:\n      " + preferredKey +
				":\n        - weight: 1\n          preference: {matchExpressions: [{key: a, operator: Exists}]}\n"},
		{"empty flow affinity inside", "spec:\n  affinity: {nodeAffinity: {}}\n",
			"spec:\n  affinity: {nodeAffinity: {" + preferredKey + ": [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}\n"},
		{"equal keys, the last counts", "spec:\n  tolerations:\n    - key: b\n  tolerations:\n    - key: c\n",
			"spec:\n  tolerations:\n    - key: b\n  tolerations:\n    - key: c\n    - key: a\n"},
	} {
		t.Run(c.name, func(t *testing.T) { checkPasses(t, pod(c.before), pod(c.after), "changed") })
	}
}
