// Command cutschema keeps of Shopify's published Admin schema what the operations use, so that the typed client can be made
// anew, and the fake Shopify can check queries, without the 3.7 MB of the whole.
//
//	go run ./admin/cutschema -schema admin_2026-07.graphql admin/*.graphql
//
// How to get the whole: admin/README.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func main() {
	schema := flag.String("schema", "", "the whole schema, as SDL")
	out := flag.String("out", "admin/schema/schema.graphql", "where to write the part")
	flag.Parse()
	if err := run(*schema, *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "cutschema:", err)
		os.Exit(1)
	}
}

func run(schemaFile, out string, operations []string) error {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return err
	}
	whole, err := gqlparser.LoadSchema(&ast.Source{Name: schemaFile, Input: oneOf + string(text)})
	if err != nil {
		return err
	}
	c := cutter{whole: whole, fields: map[string]map[string]bool{}}
	for _, name := range operations {
		if filepath.Base(name) == filepath.Base(out) {
			continue
		}
		if err := c.use(name); err != nil {
			return err
		}
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprint(file, "# Cut by cutschema from Shopify's Admin schema 2026-07. Do not edit.\n\n")
	formatter.NewFormatter(file, formatter.WithIndent("  ")).FormatSchema(c.cut())
	return file.Close()
}

// The printed schema uses this directive without declaring it.
const oneOf = "directive @oneOf on INPUT_OBJECT\n"

type cutter struct {
	whole  *ast.Schema
	fields map[string]map[string]bool // type → fields that are used
}

func (c *cutter) use(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	doc, list := gqlparser.LoadQueryWithRules(c.whole, string(text), rules.NewDefaultRules())
	if list != nil {
		return fmt.Errorf("%s: %w", name, list)
	}
	for _, op := range doc.Operations {
		root := c.whole.Query
		if op.Operation == ast.Mutation {
			root = c.whole.Mutation
		}
		for _, v := range op.VariableDefinitions {
			c.keep(v.Type.Name(), "")
		}
		c.selections(root.Name, op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		c.selections(fragment.TypeCondition, fragment.SelectionSet)
	}
	return nil
}

func (c *cutter) keep(typeName, field string) {
	if c.fields[typeName] == nil {
		c.fields[typeName] = map[string]bool{}
	}
	if field != "" {
		c.fields[typeName][field] = true
	}
}

func (c *cutter) selections(parent string, set ast.SelectionSet) {
	c.keep(parent, "")
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			c.field(parent, s)
		case *ast.InlineFragment:
			c.selections(s.TypeCondition, s.SelectionSet)
		}
	}
}

func (c *cutter) field(parent string, f *ast.Field) {
	if f.Definition == nil || f.Name == "__typename" {
		return
	}
	c.keep(parent, f.Name)
	c.selections(f.Definition.Type.Name(), f.SelectionSet)
	for _, argument := range f.Arguments {
		c.keep(parent, f.Name+"("+argument.Name)
		if d := f.Definition.Arguments.ForName(argument.Name); d != nil {
			c.value(d.Type, argument.Value)
		}
	}
}

func (c *cutter) value(t *ast.Type, v *ast.Value) {
	c.keep(t.Name(), "")
	if v.Kind == ast.EnumValue {
		c.keep(t.Name(), v.Raw)
	}
	definition := c.whole.Types[t.Name()]
	for _, child := range v.Children {
		if v.Kind == ast.ListValue {
			c.value(t.Elem, child.Value)
			continue
		}
		if field := definition.Fields.ForName(child.Name); field != nil {
			c.keep(t.Name(), child.Name)
			c.value(field.Type, child.Value)
		}
	}
}

// cut builds the part. An interface whose own fields alone are used becomes a plain type: its members are not in the part, and the
// typed client would insist on knowing them.
func (c *cutter) cut() *ast.Schema {
	part := &ast.Schema{Types: map[string]*ast.Definition{}, Directives: map[string]*ast.DirectiveDefinition{}}
	for name, used := range c.fields {
		definition := *c.whole.Types[name]
		definition.Description, definition.Interfaces, definition.Directives = "", nil, nil
		definition.EnumValues = c.enumValues(definition, used)
		definition.Fields = c.fieldsOf(definition, used)
		if definition.Kind == ast.Interface {
			definition.Kind = ast.Object
		}
		part.Types[name] = &definition
	}
	part.Query, part.Mutation = part.Types[c.whole.Query.Name], part.Types[c.whole.Mutation.Name]
	return part
}

// An enum of an answer is kept whole, without its documentation; one of an argument only as far as it is used.
func (c *cutter) enumValues(d ast.Definition, used map[string]bool) ast.EnumValueList {
	var values ast.EnumValueList
	for _, value := range d.EnumValues {
		if len(used) > 0 && !used[value.Name] {
			continue
		}
		v := *value
		v.Description, v.Directives = "", nil
		values = append(values, &v)
	}
	return values
}

func (c *cutter) fieldsOf(d ast.Definition, used map[string]bool) ast.FieldList {
	var fields ast.FieldList
	for _, field := range d.Fields {
		if !used[field.Name] {
			continue
		}
		f := *field
		f.Description, f.Directives, f.Arguments = "", nil, nil
		for _, argument := range field.Arguments {
			if used[field.Name+"("+argument.Name] || argument.Type.NonNull && argument.DefaultValue == nil {
				a := *argument
				a.Description, a.Directives = "", nil
				f.Arguments = append(f.Arguments, &a)
			}
		}
		fields = append(fields, &f)
	}
	return fields
}
