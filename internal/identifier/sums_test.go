package identifier

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
)

func md5Of(s string) string    { return fmt.Sprintf("%x", md5.Sum([]byte(s))) }
func sha1Of(s string) string   { return fmt.Sprintf("%X", sha1.Sum([]byte(s))) }
func sha256Of(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
