// Command helm-io does with a stream of manifests what Helm 4 does around a post-renderer that changes
// nothing: read by kyaml, annotated with file names and written; read again, taken apart by file name and
// written again; split once more and each head read, then sorted by kind. Nothing comes out: it is there
// to be timed by scripts/bench, beside a post-renderer whose own cost is to vanish in this.
//
//	helm-io < stream
//
// The steps are those of `renderResources` in Helm's action package; go.mod holds the versions of the
// libraries that Helm is built with.
package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// The annotation by which Helm finds a document's file again behind the post-renderer.
const fileName = "postrenderer.helm.sh/postrender-filename"

func main() {
	stream, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = pass(string(stream))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "helm-io: %v\n", err)
		os.Exit(1)
	}
}

// pass is one way through Helm, from rendered files to sorted manifests.
func pass(stream string) error {
	sent, err := merge(files(stream))
	if err != nil {
		return err
	}
	back, err := takeApart(sent)
	if err != nil {
		return err
	}
	_, err = sorted(back)
	return err
}

var (
	mark   = regexp.MustCompile(`(?m)^---[ \t]*`)
	source = regexp.MustCompile(`(?m)^# Source: (\S+)$`)
)

// split gives the documents of a file without blank ones.
func split(content string) []string {
	var documents []string
	for _, part := range mark.Split(content, -1) {
		if part = strings.TrimLeft(part, " \t\r\n"); part != "" {
			documents = append(documents, part)
		}
	}
	return documents
}

// files puts the documents of a stream back into the files that they were rendered from, as the engine
// hands them over. Documents that do not name theirs come from one file.
func files(stream string) map[string]string {
	parts := map[string][]string{}
	for _, document := range split(stream) {
		name := "templates/stream.yaml"
		if found := source.FindStringSubmatch(document); found != nil {
			name = found[1]
		}
		parts[name] = append(parts[name], document)
	}
	joined := make(map[string]string, len(parts))
	for name, documents := range parts {
		joined[name] = strings.Join(documents, "\n---\n")
	}
	return joined
}

// merge is the way to the post-renderer: every document annotated with its file, all in one stream.
func merge(files map[string]string) (string, error) {
	var all []*kyaml.RNode
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		for _, document := range split(files[name]) {
			nodes, err := kio.ParseAll(document)
			if err != nil {
				return "", fmt.Errorf("reading %s: %w", name, err)
			}
			for _, node := range nodes {
				if err := node.PipeE(kyaml.SetAnnotation(fileName, name)); err != nil {
					return "", fmt.Errorf("annotating %s: %w", name, err)
				}
			}
			all = append(all, nodes...)
		}
	}
	return kio.StringAll(all)
}

// takeApart is the way back: the stream becomes files again, without the annotation.
func takeApart(stream string) (map[string]string, error) {
	nodes, err := kio.ParseAll(stream)
	if err != nil {
		return nil, err
	}
	byFile := map[string][]*kyaml.RNode{}
	for index, node := range nodes {
		meta, err := node.GetMeta()
		if err != nil {
			return nil, err
		}
		name := meta.Annotations[fileName]
		if name == "" {
			name = fmt.Sprintf("generated-by-postrender-%d.yaml", index)
		}
		if err := node.PipeE(kyaml.ClearAnnotation(fileName)); err != nil {
			return nil, err
		}
		byFile[name] = append(byFile[name], node)
	}
	files := make(map[string]string, len(byFile))
	for name, nodes := range byFile {
		if files[name], err = kio.StringAll(nodes); err != nil {
			return nil, fmt.Errorf("writing %s: %w", name, err)
		}
	}
	return files, nil
}

// head is as much of a manifest as Helm looks at.
type head struct {
	Version  string `json:"apiVersion"`
	Kind     string `json:"kind,omitempty"`
	Metadata *struct {
		Name        string            `json:"name"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata,omitempty"`
}

type manifest struct {
	head    head
	content string
}

// sorted reads each document's head and brings the documents into an order of kinds.
func sorted(files map[string]string) ([]manifest, error) {
	var manifests []manifest
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for _, document := range split(files[name]) {
			var head head
			if err := yaml.Unmarshal([]byte(document), &head); err != nil {
				return nil, fmt.Errorf("reading the head of a document of %s: %w", name, err)
			}
			manifests = append(manifests, manifest{head, document})
		}
	}
	slices.SortStableFunc(manifests, func(one, other manifest) int {
		return strings.Compare(one.head.Kind, other.head.Kind)
	})
	return manifests, nil
}
