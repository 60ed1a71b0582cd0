package pdftext

import (
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// Bounds of the child's memory: what it tries to keep to, and the address space
// at which it ends, of which the runtime reserves a part that it does not use.
const (
	memory       = 512 << 20
	addressSpace = 3 << 30
)

// confine limits what the process may take, for as long as it lives: memory,
// and no file to write.
func confine() error {
	debug.SetMemoryLimit(memory)
	for resource, most := range map[int]uint64{
		unix.RLIMIT_AS: addressSpace, unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0,
	} {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}
