package shop

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tagalong-chat/tagalong/server/simulator/shop/picture"
)

//go:embed static
var staticFolder embed.FS

func staticFiles() http.Handler {
	files := http.FileServerFS(staticFolder)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The files change with the binary and have no name of their own for
		// each version, so browsers ask again.
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})
}

// picturesFor answers a picture by its file name: shelf.svg or piece-glaze.svg.
func picturesFor(file string) ([]byte, error) {
	name, isSVG := strings.CutSuffix(file, ".svg")
	if !isSVG {
		return nil, fs.ErrNotExist
	}
	if name == "shelf" {
		return picture.Shelf(), nil
	}
	piece, glaze, _ := strings.Cut(name, "-")
	return picture.Still(piece, glaze)
}

func servePicture(w http.ResponseWriter, r *http.Request) {
	svg, err := picturesFor(r.PathValue("file"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	// A picture that is opened by itself is a document: it may do nothing.
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(svg))
}

// card is a product as the collection shows it.
type card struct {
	layout  *layout
	Product product
	Glaze   string
}

// Title is the product's name.
func (c card) Title() string { return c.layout.T("product." + c.Product.Handle + ".title") }

// URL leads to the product in this glaze.
func (c card) URL() string { return c.Product.Path() + "?glaze=" + c.Glaze }

// Picture is the URL of its picture.
func (c card) Picture() string { return c.Product.picture(c.Glaze) }

// Alt describes the picture.
func (c card) Alt() string {
	return c.layout.T("product.picture", "title", c.Title(), "glaze", c.layout.T("glaze."+c.Glaze))
}

// Money is its price.
func (c card) Money() template.HTML { return c.layout.Money(c.Product.Price) }

func cards(l *layout, products []product) []card {
	out := make([]card, 0, len(products))
	for _, p := range products {
		out = append(out, card{l, p, p.Glazes[0]})
	}
	return out
}

type homeView struct {
	layout
	Range string
	Cards []card
}

func (v *visit) home() answer {
	view := &homeView{layout: v.layout("home.title"), Range: v.request.URL.Query().Get("range")}
	shown := catalogue
	if slices.Contains(ranges, view.Range) {
		shown = slices.DeleteFunc(slices.Clone(catalogue), func(p product) bool { return p.Range != view.Range })
		view.Title = view.T("range." + view.Range)
	} else {
		view.Range = ""
	}
	view.Cards = cards(&view.layout, shown)
	return show("home", view)
}

type productView struct {
	layout
	Product product
	Glaze   string
	Heading string
	Picture string
	Alt     string
	Added   bool
	Failed  bool
	Related []card
}

func (v *visit) product() answer {
	p, ok := productNamed(v.request.PathValue("handle"))
	if !ok {
		return v.missing()
	}
	query := v.request.URL.Query()
	view := &productView{layout: v.layout("product." + p.Handle + ".title"), Added: query.Has("added"), Failed: query.Has("failed")}
	shown := card{&view.layout, p, p.glaze(query.Get("glaze"))}
	view.Product, view.Glaze, view.Heading, view.Picture, view.Alt = p, shown.Glaze, shown.Title(), shown.Picture(), shown.Alt()
	view.Related = cards(&view.layout, p.related())
	base := v.shop.options.BaseURL
	view.Context.Product = &pageProduct{
		ExternalID: p.Handle, Title: view.Title, URL: base + shown.URL(), ImageURL: base + shown.Picture(), Price: euros(p.Price),
	}
	return show("product", view)
}
