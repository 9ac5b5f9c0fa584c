"""Links between articles, when one expires, and what an editor says of a seed"""

import re

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    text = sa.Text().with_variant(sa.Text(collation='C'), 'postgresql')
    key = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
    expires = sa.text('expires_at IS NOT NULL')
    op.add_column('articles', sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        'ix_articles_expires', 'articles', ['expires_at'], sqlite_where=expires, postgresql_where=expires
    )
    op.add_column('articles', sa.Column('name', text, server_default='', nullable=False))
    name_articles()
    op.create_index('ix_articles_name', 'articles', ['name'])
    op.create_table(
        'article_links',
        sa.Column('article_key', key, nullable=False),
        sa.Column('target', text, nullable=False),
        sa.ForeignKeyConstraint(
            ['article_key'], ['articles.key'], name='fk_article_links_article_key_articles', ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('article_key', 'target', name='pk_article_links'),
    )
    op.create_index('ix_article_links_target', 'article_links', ['target'])
    op.add_column('seeds', sa.Column('doubts', sa.JSON(), nullable=True))
    op.add_column('seeds', sa.Column('verdict', text, server_default='', nullable=False))
    op.add_column('seeds', sa.Column('verdict_digest', text, server_default='', nullable=False))


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
