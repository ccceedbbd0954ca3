// Command readers records what the readers of Helm make of YAML texts, for tests of src/yaml: it reads the
// texts of a JSON file and writes the file again with their answers.
//
//	readers FILE         write the answers again
//	readers --judge      read pairs of texts from the standard input, a JSON array of two strings a line;
//	                     print the JSON of both as Helm's reader reads them, a line a pair
//
// `v2` is sigs.k8s.io/yaml, which is go-yaml v2: Helm reads values and manifests with it, and so does kubectl.
// `helm4` is what it reads once Helm 4 has passed the text through kyaml (go-yaml v3), as it does with the
// output of a post-renderer.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

// Case is a text with its answers: JSON, or why there is none.
type Case struct {
	Text  string `json:"text"`
	V2    Answer `json:"v2"`
	Helm4 Answer `json:"helm4"`
	// What dunnage makes of it where that is something else, and why.
	Ours *Answer `json:"ours,omitempty"`
	Why  string  `json:"why,omitempty"`
}

// Answer is JSON or an error.
type Answer struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "--judge":
		err = judge(os.Stdin, os.Stdout)
	case len(os.Args) == 2:
		err = record(os.Args[1])
	default:
		err = fmt.Errorf("usage: readers FILE | readers --judge")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "readers:", err)
		os.Exit(1)
	}
}

func record(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var cases []Case
	if err := json.Unmarshal(text, &cases); err != nil {
		return err
	}
	for index := range cases {
		cases[index].V2 = read(cases[index].Text)
		cases[index].Helm4 = throughHelm4(cases[index].Text)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(cases); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

func read(text string) Answer {
	found, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return failed(err)
	}
	return Answer{JSON: found}
}

func failed(err error) Answer {
	return Answer{Error: strings.Join(strings.Fields(err.Error()), " ")}
}

// throughHelm4 is `splitAndDeannotate` of Helm 4's action package for one document.
func throughHelm4(text string) Answer {
	nodes, err := kio.ParseAll(text)
	if err != nil {
		return failed(err)
	}
	for _, node := range nodes {
		if _, err := node.GetMeta(); err != nil {
			return failed(err)
		}
		if err := node.PipeE(kyaml.ClearAnnotation("postrenderer.helm.sh/postrender-filename")); err != nil {
			return failed(err)
		}
	}
	written, err := kio.StringAll(nodes)
	if err != nil {
		return failed(err)
	}
	return read(written)
}

func judge(in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	writer := bufio.NewWriter(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var pair [2]string
			if err := json.Unmarshal(line, &pair); err != nil {
				return err
			}
			answers := [2]Answer{read(pair[0]), read(pair[1])}
			if err := json.NewEncoder(writer).Encode(answers); err != nil {
				return err
			}
			// Whoever asks waits for the answer.
			if err := writer.Flush(); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
