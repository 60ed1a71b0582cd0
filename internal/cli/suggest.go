package cli

// nearest gives the one of names that word is most likely a misspelling of; ""
// for none: at most two slips, and no more than half of the letters.
func nearest(word string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if d := slips(word, n); d < least && 2*d <= len(word) {
			best, least = n, d
		}
	}
	return best
}

// slips counts the letters to insert, drop or change, or the neighbours to
// swap, that make a into b (optimal string alignment).
func slips(a, b string) int {
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
