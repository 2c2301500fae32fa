package realtime

import "strconv"

// appendNumbers writes a JSON object of numbers by id. Ids need no escapes.
func appendNumbers(b []byte, m map[string]int64) []byte {
	b = append(b, '{')
	first := true
	for id, n := range m {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(b, '"')
		b = append(b, id...)
		b = append(b, '"', ':')
		b = strconv.AppendInt(b, n, 10)
	}
	return append(b, '}')
}
