package template

import "strings"

// didYouMean gives a hint that names the candidate nearest to a misspelt
// name, or the fallback where none is near.
func didYouMean(name string, candidates []string, fallback string) string {
	best, distance := "", len(name)/3+2
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(name), c); d < distance {
			best, distance = c, d
		}
	}
	if best == "" {
		return fallback
	}
	return "did you mean " + best + "?"
}

// editDistance counts the letters to insert, drop or change (Levenshtein).
func editDistance(a, b string) int {
	if len(a)-len(b) > 20 || len(b)-len(a) > 20 {
		return 21
	}
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			cost := diagonal
			if x != y {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
