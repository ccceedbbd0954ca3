package main

import (
	"strings"
	"testing"
)

func TestAMergeKeyOverridesWhatIsBeforeIt(t *testing.T) {
	const text = "x: &x {k: 1}\nm: {k: 0, <<: *x}\n"
	const want = `{"m":{"k":1},"x":{"k":1}}`
	for name, answer := range map[string]Answer{"v2": read(text), "helm4": throughHelm4(text)} {
		if string(answer.JSON) != want {
			t.Errorf("%s: %s %s", name, answer.JSON, answer.Error)
		}
	}
}

func TestPairsAreJudged(t *testing.T) {
	var out strings.Builder
	if err := judge(strings.NewReader("[\"a: 1\", \"a: [\"]\n"), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), `[{"json":{"a":1}},{"error":"`) {
		t.Error(out.String())
	}
}
