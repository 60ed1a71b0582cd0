package cli

import (
	"os/exec"
	"runtime"
)

// browse opens an address in the user's browser, if there is one to be seen:
// not on a CI machine, nor where there is no display. It is no error where it
// does not open; the address is printed too.
func (a *app) browse(address string) {
	if _, ci := a.lookupEnv("CI"); ci {
		return
	}
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.Command("open", address)
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", address)
	default:
		_, x11 := a.lookupEnv("DISPLAY")
		_, wayland := a.lookupEnv("WAYLAND_DISPLAY")
		if !x11 && !wayland {
			return
		}
		cmd = exec.Command("xdg-open", address)
	}
	if cmd.Start() == nil {
		go cmd.Wait()
	}
}
