package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Tidy is one round of housekeeping.
func (d *DB) Tidy(ctx context.Context) error { return d.tidy(ctx) }

// Statements gives the text of every statement that was run so far, but for the committer's own BEGIN, COMMIT and the like.
func (d *DB) Statements() (all []string) {
	d.stmts.Range(func(query, _ any) bool {
		all = append(all, query.(string))
		return true
	})
	err := d.do(context.Background(), func(g *group) error {
		all = append(all, slices.Collect(maps.Keys(g.c.stmts))...)
		return nil
	})
	if err != nil {
		panic(err)
	}
	return all
}

// Plan explains a statement, a line a step.
func (d *DB) Plan(ctx context.Context, query string) ([]string, error) {
	var args []any
	for strings.Contains(query, fmt.Sprintf("$%d", len(args)+1)) {
		args = append(args, 1)
	}
	return many(d.reader(ctx), func(s scanner) (line string, err error) {
		var id, parent, unused int
		err = s.Scan(&id, &parent, &unused, &line)
		return line, err
	}, `EXPLAIN QUERY PLAN `+query, args...)
}

// ReadyAt50 counts the tasks that a claim at the time 50 would look at.
func (d *DB) ReadyAt50(ctx context.Context) (n int, err error) {
	err = d.reader(ctx).row(`SELECT COUNT(*) FROM tasks WHERE ready_at <= 50 AND buried_at = 0 AND waits = 0`).Scan(&n)
	return n, err
}

// RawBodies counts the webhooks that still have a body.
func (d *DB) RawBodies(ctx context.Context) (n int, err error) {
	err = d.reader(ctx).row(`SELECT COUNT(*) FROM raws WHERE body IS NOT NULL`).Scan(&n)
	return n, err
}

// Count counts the rows of a table.
func (d *DB) Count(ctx context.Context, table string) (n int, err error) {
	err = d.reader(ctx).row(`SELECT COUNT(*) FROM ` + table).Scan(&n)
	return n, err
}

// Exec runs a statement on the committer's connection.
func (d *DB) Exec(ctx context.Context, query string, args ...any) error {
	return d.do(ctx, func(g *group) error {
		_, err := g.exec(query, args...)
		return err
	})
}

// Pragma reads a setting from a connection of each pool.
func (d *DB) Pragma(ctx context.Context, name string) (values []string, err error) {
	var v string
	err = d.do(ctx, func(g *group) error { return g.row("PRAGMA " + name).Scan(&v) })
	if err != nil {
		return nil, err
	}
	values = append(values, v)
	if err := d.check.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v); err != nil {
		return nil, err
	}
	values = append(values, v)
	if err := d.reads.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v); err != nil {
		return nil, err
	}
	return append(values, v), nil
}

// Empty writes the log back and cuts it to nothing.
func (d *DB) Empty() error {
	_, err := d.checkpointNow("TRUNCATE")
	return err
}

// MigrateTo brings a new database at path to one version of the schema and runs a script in it, so that there is an old copy.
func MigrateTo(ctx context.Context, path string, version int64, script string) (err error) {
	p, err := openPool(path, "FULL", 1, busyTimeout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	m, err := migrator(p)
	if err != nil {
		return err
	}
	if _, err := m.UpTo(ctx, version); err != nil {
		return err
	}
	_, err = p.ExecContext(ctx, script)
	return err
}

// Versions lists the schema's versions.
func Versions(ctx context.Context, path string) (all []int64, err error) {
	p, err := openPool(path, "FULL", 1, busyTimeout)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	m, err := migrator(p)
	if err != nil {
		return nil, err
	}
	for _, s := range m.ListSources() {
		all = append(all, s.Version)
	}
	return all, nil
}
