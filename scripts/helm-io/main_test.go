package main

import (
	"strings"
	"testing"
)

const stream = `---
# Source: hub/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
---
# Source: hub/templates/service.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  annotations: {a: b}
---
apiVersion: v1
kind: Pod
metadata: {name: alone}
`

func TestEveryDocumentComesBackWithoutTheAnnotation(t *testing.T) {
	sent, err := merge(files(stream))
	if err != nil {
		t.Fatal(err)
	}
	if found := strings.Count(sent, fileName); found != 3 {
		t.Fatalf("%d of 3 documents are annotated:\n%s", found, sent)
	}
	back, err := takeApart(sent)
	if err != nil {
		t.Fatal(err)
	}
	if len(back) != 2 || strings.Contains(back["hub/templates/service.yaml"], fileName) {
		t.Fatalf("files: %q", back)
	}
	manifests, err := sorted(back)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, manifest := range manifests {
		kinds = append(kinds, manifest.head.Kind)
	}
	if got := strings.Join(kinds, " "); got != "ConfigMap Pod Service" {
		t.Fatalf("sorted: %s", got)
	}
}

func TestWhatIsNotYamlIsAnError(t *testing.T) {
	if err := pass("a: [\n"); err == nil {
		t.Fatal("an open bracket was read")
	}
}
