// Package nearest finds the name that a misspelt word was most likely meant to
// be, for "did you mean".
package nearest

import "strings"

// To gives the one of names with the fewest slips from word, whatever the
// letter case; "" where none is near: at most two slips, and no more than half
// of the letters.
func To(word string, names []string) string {
	best, least := "", 3
	letters := []rune(strings.ToLower(word))
	for _, name := range names {
		if len(name) > 4*len(word)+8 {
			continue
		}
		if d := slips(letters, []rune(strings.ToLower(name))); d < least && 2*d <= len(letters) {
			best, least = name, d
		}
	}
	return best
}

// slips counts the letters to insert, drop or change, or the neighbours to
// swap, that make a into b (optimal string alignment).
func slips(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			least := min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				least = min(least, rows[i-2][j-2]+1)
			}
			rows[i][j] = least
		}
	}
	return rows[len(a)][len(b)]
}
