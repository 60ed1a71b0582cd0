package eximtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// unpacked gives the folder with Exim's files, which is kept for the next test:
// the packages that it needs are fetched with apt-get and unpacked there.
func unpacked(t testing.TB) string {
	t.Helper()
	const dir = "/var/cache/mailshot-test/exim" // where Exim's user can reach it
	if there(dir) {
		return dir
	}
	check(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "fresh")
	check(t, err)
	defer os.RemoveAll(fresh)
	check(t, os.Chmod(fresh, 0o755))
	for _, deb := range fetch(t) {
		command(t, "dpkg", "-x", deb, fresh)
	}
	// A setuid program would not look for its libraries here.
	check(t, os.Chmod(filepath.Join(fresh, binary), 0o755))
	if err := os.Rename(fresh, dir); err != nil && !there(dir) { // another test may have been faster
		t.Fatal(err)
	}
	return dir
}

func there(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, binary))
	return err == nil
}

// fetch downloads Exim and what it needs and the machine lacks. To install it
// would remove Postfix.
func fetch(t testing.TB) []string {
	t.Helper()
	dir, err := os.MkdirTemp("", "eximtest-debs")
	check(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	check(t, os.Mkdir(filepath.Join(dir, "partial"), 0o755))
	command(t, "apt-get", "install", "--download-only", "--no-install-recommends", "--yes", "--quiet",
		"-o", "Dir::Cache::archives="+dir, "-o", "APT::Sandbox::User=root", "-o", "DPkg::Lock::Timeout=120", "exim4-daemon-light", "exim4-base")
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	check(t, err)
	return debs
}

func command(t testing.TB, name string, args ...string) {
	t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, args[0], err, out)
	}
}
