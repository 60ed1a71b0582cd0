//go:build !linux

package pdftext

import "runtime/debug"

// confine limits the memory that the process tries to keep to.
func confine() error {
	debug.SetMemoryLimit(512 << 20)
	return nil
}
