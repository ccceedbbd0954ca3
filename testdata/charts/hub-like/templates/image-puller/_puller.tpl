{{- /* Both pullers: argument is (list . "hook" or "continuous"). */}}
{{- define "hub.puller" -}}
{{- $root := index . 0 }}
{{- $component := printf "%s-image-puller" (index . 1) }}
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: {{ $component }}
  labels:
    component: {{ $component }}
    {{- include "hub.labels" $root | nindent 4 }}
  {{- if eq (index . 1) "hook" }}
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-delete-policy": before-hook-creation,hook-succeeded
    "helm.sh/hook-weight": "-10"
  {{- end }}
spec:
  selector:
    matchLabels:
      component: {{ $component }}
      {{- include "hub.labels" $root | nindent 6 }}
  updateStrategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 100%}
  template:
    metadata:
      labels:
        component: {{ $component }}
        {{- include "hub.labels" $root | nindent 8 }}
    spec:
      {{- if and $root.Values.scheduling.podPriority.enabled (eq (index . 1) "continuous") }}
      priorityClassName: {{ $root.Release.Name }}-image-puller-priority
      {{- end }}
      {{- include "hub.placement" (list $root "user") | nindent 6 }}
      terminationGracePeriodSeconds: 0
      automountServiceAccountToken: false
      initContainers:
        {{- include "hub.pullers" $root | nindent 8 }}
      containers:
        - name: pause
          image: {{ $root.Values.prePuller.pause.name }}:{{ $root.Values.prePuller.pause.tag }}
          {{- include "hub.restricted" $root | nindent 10 }}
{{- end }}
