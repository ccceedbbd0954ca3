{{- define "hub.labels" -}}
app: jupyterhub
release: {{ .Release.Name | quote }}
{{- end }}

{{- /* What the chart itself writes to place a pod: argument is (list . "core"). */}}
{{- define "hub.placement" -}}
{{- $root := index . 0 }}
{{- $purpose := index . 1 }}
{{- if $root.Values.placement }}
tolerations:
  - effect: NoSchedule
    key: hub.jupyter.org/dedicated
    operator: Equal
    value: {{ $purpose }}
  - effect: NoSchedule
    key: hub.jupyter.org_dedicated
    operator: Equal
    value: {{ $purpose }}
{{- end }}
{{- end }}

{{- define "hub.restricted" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  runAsNonRoot: true
  runAsUser: 65534
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- /* One init container that pulls an image: argument is (list "name" "image"). */}}
{{- define "hub.pull" -}}
- name: {{ index . 0 }}
  image: {{ index . 1 }}
  command:
    - /bin/sh
    - -c
    - echo "Pulling complete"
  resources:
    requests: {cpu: 0, memory: 0}
    limits: {memory: 64Mi}
  {{- include "hub.restricted" . | nindent 2 }}
{{- end }}

{{- define "hub.pullers" -}}
{{ include "hub.pull" (list "image-pull-metadata-block" "registry.example.org/hub/network-tools:1.0") }}
{{ include "hub.pull" (list "image-pull-singleuser" (printf "%s:%s" .Values.singleuser.image.name .Values.singleuser.image.tag)) }}
{{- range $name, $image := .Values.prePuller.extraImages }}
{{ include "hub.pull" (list (printf "image-pull-%s" $name) (printf "%s:%s" $image.name $image.tag)) }}
{{- end }}
{{- end }}
