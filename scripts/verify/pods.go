package main

import (
	"fmt"
	"reflect"
	"strings"
)

// Where the pods of a kind stand, by API group and kind; `*` is every element
// of a list. Whatever is not in this table must come out as it went in.
var podSpecs = map[string][]string{
	"/Pod":                                  {"spec"},
	"/PodTemplate":                          {"template.spec"},
	"/ReplicationController":                {"spec.template.spec"},
	"apps/DaemonSet":                        {"spec.template.spec"},
	"apps/Deployment":                       {"spec.template.spec"},
	"apps/ReplicaSet":                       {"spec.template.spec"},
	"apps/StatefulSet":                      {"spec.template.spec"},
	"batch/Job":                             {"spec.template.spec"},
	"batch/CronJob":                         {"spec.jobTemplate.spec.template.spec"},
	"argoproj.io/Rollout":                   {"spec.template.spec"},
	"argoproj.io/Workflow":                  {"spec", "spec.templates.*"},
	"argoproj.io/WorkflowTemplate":          {"spec", "spec.templates.*"},
	"argoproj.io/ClusterWorkflowTemplate":   {"spec", "spec.templates.*"},
	"argoproj.io/CronWorkflow":              {"spec.workflowSpec", "spec.workflowSpec.templates.*"},
	"serving.knative.dev/Service":           {"spec.template.spec"},
	"keda.sh/ScaledJob":                     {"spec.jobTargetRef.template.spec"},
	"jobset.x-k8s.io/JobSet":                {"spec.replicatedJobs.*.template.spec.template.spec"},
	"ray.io/RayCluster":                     rayPaths("spec"),
	"ray.io/RayJob":                         append(rayPaths("spec.rayClusterSpec"), "spec.submitterPodTemplate.spec"),
	"ray.io/RayService":                     rayPaths("spec.rayClusterConfig"),
	"kubernetes.dask.org/DaskCluster":       {"spec.worker.spec", "spec.scheduler.spec"},
	"sparkoperator.k8s.io/SparkApplication": {"spec.driver", "spec.executor", "spec.driver.template.spec", "spec.executor.template.spec"},
	"monitoring.coreos.com/Prometheus":      {"spec"},
	"monitoring.coreos.com/PrometheusAgent": {"spec"},
	"monitoring.coreos.com/Alertmanager":    {"spec"},
	"monitoring.coreos.com/ThanosRuler":     {"spec"},
	"grafana.integreatly.org/Grafana":       {"spec.deployment.spec.template.spec"},
	"postgresql.cnpg.io/Pooler":             {"spec.template.spec"},
}

func rayPaths(prefix string) []string {
	return []string{prefix + ".headGroupSpec.template.spec", prefix + ".workerGroupSpecs.*.template.spec"}
}

func podSpecPaths(object map[string]any) []string {
	version, _ := object["apiVersion"].(string)
	group, _, found := strings.Cut(version, "/")
	if !found {
		group = ""
	}
	return podSpecs[group+"/"+kindOf(object)]
}

// Place is one pod spec: its value, and the concrete path that leads to it.
type Place struct {
	spec map[string]any
	path string
}

func find(value any, path, walked string) []Place {
	if path == "" {
		if spec, ok := value.(map[string]any); ok {
			return []Place{{spec, walked}}
		}
		return nil
	}
	step, rest, _ := strings.Cut(path, ".")
	if step != "*" {
		object, _ := value.(map[string]any)
		return find(object[step], rest, strings.TrimPrefix(walked+"."+step, "."))
	}
	var places []Place
	list, _ := value.([]any)
	for index := range list {
		places = append(places, find(list[index], rest, fmt.Sprintf("%s.%d", walked, index))...)
	}
	return places
}

// follow walks the concrete path of a Place in the other object.
func follow(value any, path string) map[string]any {
	for _, step := range strings.Split(path, ".") {
		switch node := value.(type) {
		case map[string]any:
			value = node[step]
		case []any:
			var index int
			if _, err := fmt.Sscan(step, &index); err != nil || index >= len(node) {
				return nil
			}
			value = node[index]
		default:
			return nil
		}
	}
	spec, _ := value.(map[string]any)
	return spec
}

// podComparison is one pod before and after, and where to note what is found.
type podComparison struct {
	old, fresh map[string]any
	object     string
	path       string
	verdict    *Verdict
}

func comparePodSpec(place Place, other map[string]any, object, kind string, rules Rules, verdict *Verdict) {
	fresh := follow(other, place.path)
	if fresh == nil {
		verdict.problem("%s %s is gone", object, place.path)
		return
	}
	pod := podComparison{place.spec, fresh, object, place.path, verdict}
	pod.compareList("tolerations", nil)
	if kind == "DaemonSet" {
		pod.compareList("initContainers", pod.checkPuller)
	}
	pod.comparePriority(rules)
	pod.compareAffinity()
}

func (p podComparison) change(field, path string, added any) {
	p.verdict.Changes = append(p.verdict.Changes, Change{p.object, field, p.path + "." + path, compact(added)})
}

func (p podComparison) problem(format string, args ...any) {
	p.verdict.problem("%s %s: %s", p.object, p.path, fmt.Sprintf(format, args...))
}

// settle makes a field of `fresh` what it was: its difference has been judged.
func settle(old, fresh map[string]any, field string) {
	if value, ok := old[field]; ok {
		fresh[field] = value
	} else {
		delete(fresh, field)
	}
}

// compareList allows elements at the end of a list of the pod, each new and
// none of them twice; `check` may object to one.
func (p podComparison) compareList(field string, check func(added any) string) {
	if reflect.DeepEqual(p.old[field], p.fresh[field]) {
		return
	}
	p.grown(p.old, p.fresh, field, field, field, check)
	settle(p.old, p.fresh, field)
}

// grown notes what was put at the end of the list old[key].
func (p podComparison) grown(old, fresh map[string]any, key, field, path string, check func(added any) string) {
	oldList, oldOk := listOf(old[key])
	freshList, freshOk := listOf(fresh[key])
	if !oldOk || !freshOk || len(freshList) <= len(oldList) {
		p.problem("%s is no list that grew: it was %s and is %s", path, compact(old[key]), compact(fresh[key]))
		return
	}
	if len(oldList) > 0 && !reflect.DeepEqual(oldList, freshList[:len(oldList)]) {
		p.problem("%s did not only grow at its end: it was %s and is %s", path, compact(oldList), compact(freshList))
		return
	}
	for index := len(oldList); index < len(freshList); index++ {
		added := freshList[index]
		for _, earlier := range freshList[:index] {
			if reflect.DeepEqual(earlier, added) {
				p.problem("%s holds %s twice", path, compact(added))
			}
		}
		if _, ok := added.(map[string]any); !ok {
			p.problem("%s[%d] is no object: %s", path, index, compact(added))
		} else if check != nil {
			if objection := check(added); objection != "" {
				p.problem("%s[%d]: %s", path, index, objection)
			}
		}
		p.change(field, fmt.Sprintf("%s[%d]", path, index), added)
	}
}

// listOf takes a missing list and null for an empty one, as Kubernetes does.
func listOf(value any) ([]any, bool) {
	if value == nil {
		return nil, true
	}
	list, ok := value.([]any)
	return list, ok
}

// checkPuller wants a new init container to be one of its siblings under
// another name and with another image.
func (p podComparison) checkPuller(added any) string {
	container := added.(map[string]any)
	siblings, _ := listOf(p.old["initContainers"])
	if len(siblings) == 0 {
		return "the pod pulled nothing before"
	}
	alike := false
	for _, sibling := range siblings {
		other, _ := sibling.(map[string]any)
		if other["name"] == container["name"] {
			return "its name is taken"
		}
		if other["image"] == container["image"] {
			return "its image was there already"
		}
		alike = alike || reflect.DeepEqual(without(other, "name", "image"), without(container, "name", "image"))
	}
	if !alike {
		return "it is not of the form of any other: " + compact(container)
	}
	return ""
}

func without(object map[string]any, keys ...string) map[string]any {
	rest := map[string]any{}
	for key, value := range object {
		rest[key] = value
	}
	for _, key := range keys {
		delete(rest, key)
	}
	return rest
}

func (p podComparison) comparePriority(rules Rules) {
	const field = "priorityClassName"
	if reflect.DeepEqual(p.old[field], p.fresh[field]) {
		return
	}
	old, _ := p.old[field].(string)
	fresh, _ := p.fresh[field].(string)
	replaceable := old == "" || rules.Override && !strings.HasPrefix(old, "system-")
	if !replaceable || fresh == "" {
		p.problem("%s was %s and is %s", field, compact(p.old[field]), compact(p.fresh[field]))
	}
	p.change(field, field, fresh)
	settle(p.old, p.fresh, field)
}
