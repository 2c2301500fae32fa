package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tagalong-chat/tagalong/server/chat"
)

// querier asks the database: beside the committer (reader) or inside its transaction (group).
type querier interface {
	query(query string, args ...any) (*sql.Rows, error)
	row(query string, args ...any) scanner
}

var (
	_ querier = reader{}
	_ querier = (*group)(nil)
)

// scanner is a row.
type scanner interface{ Scan(dest ...any) error }

// failed is a row that could not be asked for.
type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }

// reader asks for what is committed. A caller who has gone away is not served, but a question that has begun is answered: every
// statement finds its rows by an index, and watching over a context costs two goroutines, more than the answer does.
type reader struct {
	ctx context.Context //nolint:containedctx // lives for one call of a method that has it
	db  *DB
	tx  *sql.Tx // nil: each query sees its own moment
}

func (d *DB) reader(ctx context.Context) reader { return reader{ctx: ctx, db: d} }

// snapshot runs queries that must see the same moment.
func (d *DB) snapshot(ctx context.Context, read func(querier) error) error {
	tx, err := d.reads.BeginTx(context.WithoutCancel(ctx), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	return errors.Join(read(reader{ctx, d, tx}), tx.Rollback())
}

func (r reader) statement(query string) (*sql.Stmt, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	s, ok := r.db.stmts.Load(query)
	if !ok {
		fresh, err := r.db.reads.PrepareContext(context.Background(), query)
		if err != nil {
			return nil, fmt.Errorf("prepare: %w", err)
		}
		if s, ok = r.db.stmts.LoadOrStore(query, fresh); ok {
			if err := fresh.Close(); err != nil {
				return nil, fmt.Errorf("prepare: %w", err)
			}
		}
	}
	if r.tx != nil {
		return r.tx.StmtContext(context.Background(), s.(*sql.Stmt)), nil
	}
	return s.(*sql.Stmt), nil
}

func (r reader) query(query string, args ...any) (*sql.Rows, error) {
	s, err := r.statement(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

func (r reader) row(query string, args ...any) scanner {
	s, err := r.statement(query)
	if err != nil {
		return failed{err}
	}
	return s.QueryRowContext(context.Background(), args...)
}

// collect scans all rows.
func collect[T any](rows *sql.Rows, scan func(scanner) (T, error)) (all []T, err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// many asks and scans all rows.
func many[T any](q querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.query(query, args...)
	if err != nil {
		return nil, err
	}
	return collect(rows, scan)
}

// one asks and scans a row; none gives missing.
func one[T any](q querier, scan func(scanner) (T, error), missing error, query string, args ...any) (T, error) {
	v, err := scan(q.row(query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return v, missing
	}
	return v, err
}

// doing gives what an error means for its caller.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := chat.AsError(err); ok {
		return err
	}
	if t := trouble(err); t != nil {
		return fmt.Errorf("%s: %w: %w", what, t, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}
