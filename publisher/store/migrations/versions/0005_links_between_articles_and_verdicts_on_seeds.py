"""Links between articles, when one expires, what an editor says of a seed, and corrections that are told"""

import re

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'

TEXT = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
KEY = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    add_to_articles()
    add_to_seeds()
    add_corrections()
    add_notice_texts()


def words(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.Text(collation='C'), 'postgresql')


def link(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = f'fk_{table}_{column}_{target}'
    return sa.ForeignKeyConstraint([column], [f'{target}.key'], name=name, ondelete='CASCADE')


def partial(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def add_to_articles() -> None:
    op.add_column('articles', sa.Column('expires_at', MOMENT, nullable=True))
    partial('ix_articles_expires', 'articles', ['expires_at'], 'expires_at IS NOT NULL')
    op.add_column('articles', sa.Column('name', TEXT, server_default='', nullable=False))
    name_articles()
    op.create_index('ix_articles_name', 'articles', ['name'])
    op.add_column('articles', sa.Column('pictures', sa.Integer(), server_default='0', nullable=False))
    count_pictures()
    partial('ix_articles_pictures', 'articles', ['key'], 'pictures > 0')
    op.add_column('articles', sa.Column('corrected_at', MOMENT, nullable=True))
    partial('ix_articles_corrected', 'articles', ['corrected_at'], 'corrected_at IS NOT NULL')
    op.create_table(
        'article_links',
        sa.Column('article_key', KEY, nullable=False),
        sa.Column('target', TEXT, nullable=False),
        link('article_links', 'article_key', 'articles'),
        sa.PrimaryKeyConstraint('article_key', 'target', name='pk_article_links'),
    )
    op.create_index('ix_article_links_target', 'article_links', ['target'])
    op.create_table(
        'former_paths',
        sa.Column('path', TEXT, nullable=False),
        sa.Column('name', TEXT, server_default='', nullable=False),
        sa.Column('article_key', KEY, nullable=False),
        link('former_paths', 'article_key', 'articles'),
        sa.PrimaryKeyConstraint('path', name='pk_former_paths'),
    )
    op.create_index('ix_former_paths_name', 'former_paths', ['name'])
    op.create_index('ix_former_paths_article_key', 'former_paths', ['article_key'])


def count_pictures() -> None:
    article = sa.table('articles', sa.column('key'), sa.column('details', sa.JSON()), sa.column('pictures'))
    rows = op.get_bind().execute(sa.select(article.c.key, article.c.details)).all()
    counts = [{'of': key, 'number': len(images)} for key, details in rows if (images := details.get('images'))]
    if counts:
        wanted = sa.update(article).where(article.c.key == sa.bindparam('of')).values(pictures=sa.bindparam('number'))
        op.get_bind().execute(wanted, counts)


def name_articles() -> None:
    article = sa.table('articles', sa.column('key'), sa.column('path'), sa.column('name'))
    rows = op.get_bind().execute(sa.select(article.c.key, article.c.path)).all()
    names = [{'of': key, 'name': name_of(path)} for key, path in rows]
    if names:
        wanted = sa.update(article).where(article.c.key == sa.bindparam('of')).values(name=sa.bindparam('name'))
        op.get_bind().execute(wanted, names)


def name_of(path: str) -> str:
    bare = re.sub(r'\.(?:md|mdx|markdown|html?|txt)$', '', path, flags=re.I)
    page = re.sub(r'(?:^|/)index(?=\.[a-z]{2}(?:-[A-Za-z]{2,4})?$|$)', '', bare, flags=re.I).strip('/')
    last = page.rpartition('/')[2]
    return last.partition('.')[0] or last


def add_to_seeds() -> None:
    op.add_column('seeds', sa.Column('remedy', TEXT, server_default='', nullable=False))
    op.add_column('seeds', sa.Column('waiting_since', MOMENT, nullable=True))
    op.add_column('seeds', sa.Column('doubts', sa.JSON(), nullable=True))
    op.create_table(
        'verdicts',
        sa.Column('path', TEXT, nullable=False),
        sa.Column('digest', words(64), nullable=False),
        sa.Column('verdict', words(32), nullable=False),
        sa.Column('remedy', TEXT, server_default='', nullable=False),
        sa.Column('reason', TEXT, server_default='', nullable=False),
        sa.Column('line', sa.Integer(), nullable=True),
        sa.Column('decided_at', MOMENT, nullable=False),
        sa.PrimaryKeyConstraint('path', 'digest', name='pk_verdicts'),
    )


def add_corrections() -> None:
    op.create_table(
        'former_snapshots',
        sa.Column('issue_key', KEY, nullable=False),
        sa.Column('article_key', KEY, nullable=False),
        sa.Column('until_revision', sa.Integer(), nullable=False),
        sa.Column('snapshot', sa.JSON(), nullable=False),
        link('former_snapshots', 'issue_key', 'issues'),
        link('former_snapshots', 'article_key', 'articles'),
        sa.PrimaryKeyConstraint('issue_key', 'article_key', 'until_revision', name='pk_former_snapshots'),
    )
    op.create_table(
        'issue_corrections',
        sa.Column('issue_key', KEY, nullable=False),
        sa.Column('article_key', KEY, nullable=False),
        sa.Column('newsletter', words(64), nullable=False),
        sa.Column('digest', words(64), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('snapshot', sa.JSON(), nullable=False),
        link('issue_corrections', 'issue_key', 'issues'),
        link('issue_corrections', 'article_key', 'articles'),
        sa.UniqueConstraint(
            'newsletter', 'article_key', 'digest', name='uq_issue_corrections_newsletter_article_key_digest'
        ),
    )
    op.create_index('ix_issue_corrections_issue_key', 'issue_corrections', ['issue_key', 'position'])


def add_notice_texts() -> None:
    op.create_table(
        'notice_texts',
        sa.Column('key', KEY, nullable=False),
        sa.Column('topic', TEXT, nullable=False),
        sa.Column('newsletter', words(64), nullable=False),
        sa.Column('language', words(35), nullable=False),
        sa.Column('format', words(8), nullable=False),
        sa.Column('subject', TEXT, server_default='', nullable=False),
        sa.Column('html', TEXT, server_default='', nullable=False),
        sa.Column('text', TEXT, server_default='', nullable=False),
        sa.PrimaryKeyConstraint('key', name='pk_notice_texts'),
        sa.UniqueConstraint(
            'topic', 'newsletter', 'language', 'format', name='uq_notice_texts_topic_newsletter_language_format'
        ),
        sqlite_autoincrement=True,
    )
    for column in ('subscription_key', 'delivery_key', 'text_key'):
        op.add_column('notices', sa.Column(column, KEY, nullable=True))
    # By kind: a confirmation must not wait for a hundred thousand corrections, nor be looked for among them.
    op.drop_index('ix_notices_due', 'notices')
    partial('ix_notices_due', 'notices', ['kind', 'due_at', 'key'], "status = 'queued'")
