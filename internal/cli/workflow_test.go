package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"mailshot/templates"
)

// step is one step of a workflow's job.
type step struct {
	Uses string            `yaml:"uses"`
	Run  string            `yaml:"run"`
	Env  map[string]string `yaml:"env"`
	With map[string]string `yaml:"with"`
}

// workflow is what the test reads of one.
type workflow struct {
	Name string `yaml:"name"`
	On   struct {
		Schedule []struct {
			Cron string `yaml:"cron"`
		} `yaml:"schedule"`
	} `yaml:"on"`
	Jobs map[string]struct {
		Environment string `yaml:"environment"`
		Steps       []step `yaml:"steps"`
	} `yaml:"jobs"`
}

// TestWorkflow wants the example to be YAML, its commands and flags to exist,
// and its variables to be settings.
func TestWorkflow(t *testing.T) {
	var w workflow
	if err := yaml.Unmarshal([]byte(templates.Workflow()), &w); err != nil {
		t.Fatal(err)
	}
	if len(w.On.Schedule) != 1 || w.Jobs["send"].Environment == "" || len(w.Jobs) != 2 {
		t.Errorf("the workflow is not what it says: %+v", w)
	}
	var commands []string
	for _, job := range w.Jobs {
		for _, s := range job.Steps {
			commands = append(commands, judgeStep(t, s)...)
		}
	}
	slices.Sort(commands)
	if want := []string{"check", "report", "send"}; !slices.Equal(commands, want) {
		t.Errorf("it runs %q, want %q", commands, want)
	}
}

var (
	calls     = regexp.MustCompile(`(?m)^ *mailshot ([a-z]+)((?:.*\\\n)*.*)$`)
	longFlags = regexp.MustCompile(` --([a-z-]+)`)
)

// judgeStep looks at the calls of the program in a step, and names their commands.
func judgeStep(t *testing.T, s step) []string {
	t.Helper()
	root := newRoot(&app{})
	var commands []string
	for _, call := range calls.FindAllStringSubmatch(s.Run, -1) {
		cmd, _, err := root.Find([]string{call[1]})
		if err != nil {
			t.Errorf("no command %s", call[1])
			continue
		}
		commands = append(commands, call[1])
		for _, f := range longFlags.FindAllStringSubmatch(call[2], -1) {
			if cmd.Flags().Lookup(f[1]) == nil {
				t.Errorf("%s has no flag --%s", call[1], f[1])
			}
		}
		if strings.Contains(call[2], "show-addresses") {
			t.Errorf("%s shows addresses", call[1])
		}
	}
	for name, value := range s.Env {
		known := slices.ContainsFunc(flagNames(root), func(f string) bool { return envName(f) == name })
		if strings.HasPrefix(name, envPrefix) && !known && name != envPassword {
			t.Errorf("no setting is named %s", name)
		}
		if !strings.HasPrefix(value, "${{ ") {
			t.Errorf("%s holds a value of its own", name)
		}
	}
	return commands
}
