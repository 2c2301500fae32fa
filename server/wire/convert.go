package wire

import "strconv"

// convert maps a list; nil stays nil, so that an absent list stays absent.
func convert[A, B any](in []A, f func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}

// texts maps a list between types of string; never nil, for lists that the contract requires.
func texts[B, A ~string](in []A) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = B(a)
	}
	return out
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
