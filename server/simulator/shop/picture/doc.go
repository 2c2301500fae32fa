// Package picture draws the demo shop's stoneware as SVG, so that the shop has
// pictures of its own and asks nobody else for them.
//
// A pot is a turned body: a profile of heights and radii, lit from the left,
// dipped in a glaze and speckled (lathe.go). The pieces are listed in
// pieces.go; Still and Shelf (scene.go) put them on a table and into the
// hero of the start page. The same input always gives the same bytes.
package picture
