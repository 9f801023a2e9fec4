"""The first tables

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('leases',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('until_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_leases'))
    )
    op.create_table('offices',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('settings', sa.Text(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('demo', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offices')),
    sa.UniqueConstraint('slug', name=op.f('uq_offices_slug'))
    )
    op.create_table('secrets',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_secrets'))
    )
    op.create_table('answers',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('questionnaire_id', sa.BigInteger(), nullable=False),
    sa.Column('service_id', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('flag', sa.Text(), nullable=True),
    sa.Column('continue_hash', sa.Text(), nullable=True),
    sa.Column('continue_until', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_answers_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_answers')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_answers_continue', 'answers', ['office_id', 'continue_hash'], unique=False)
    op.create_index('ix_answers_day', 'answers', ['office_id', 'day'], unique=False)
    op.create_table('audit',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.Column('after', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_audit_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_audit'))
    )
    op.create_table('board_versions',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_board_versions_office_id')),
    sa.PrimaryKeyConstraint('office_id', name=op.f('pk_board_versions'))
    )
    op.create_table('counters',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('division_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('pause_reason', sa.Text(), nullable=True),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.Column('since_at', sa.BigInteger(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_counters_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_counters')),
    sa.UniqueConstraint('office_id', 'number', name=op.f('uq_counters_office_id_number'))
    )
    op.create_table('devices',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('printer_id', sa.BigInteger(), nullable=True),
    sa.Column('service_ids', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_devices_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_devices')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_devices_token_hash'))
    )
    op.create_table('divisions',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('head_th', sa.Text(), nullable=False),
    sa.Column('head_en', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_divisions_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_divisions')),
    sa.UniqueConstraint('office_id', 'code', name=op.f('uq_divisions_office_id_code'))
    )
    op.create_table('invitations',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code_hash', sa.Text(), nullable=False),
    sa.Column('face', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.Column('counter_id', sa.BigInteger(), nullable=True),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_invitations_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_invitations_code_hash'))
    )
    op.create_table('numbers',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_numbers_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'day', 'prefix', name=op.f('pk_numbers')),
    sqlite_with_rowid=False
    )
    op.create_table('pairings',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.BigInteger(), nullable=False),
    sa.Column('device_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_pairings_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_pairings')),
    sa.UniqueConstraint('office_id', 'code', name=op.f('uq_pairings_office_id_code')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_pairings_token_hash'))
    )
    op.create_table('pools',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_pools_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'prefix', name=op.f('pk_pools'))
    )
    op.create_table('presses',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=True),
    sa.Column('service_id', sa.BigInteger(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('press_id', sa.Text(), nullable=True),
    sa.Column('flag', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_presses_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_presses')),
    sa.UniqueConstraint('office_id', 'press_id', name=op.f('uq_presses_office_id_press_id')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_presses_day', 'presses', ['office_id', 'day'], unique=False)
    op.create_index('ix_presses_source', 'presses', ['office_id', 'source', 'at'], unique=False)
    op.create_table('printers',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('is_default', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('problem_at', sa.BigInteger(), nullable=True),
    sa.Column('near_end', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_printers_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_printers')),
    sa.UniqueConstraint('office_id', 'code', name=op.f('uq_printers_office_id_code'))
    )
    op.create_table('protected_reports',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_protected_reports_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_protected_reports'))
    )
    op.create_table('questionnaires',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_questionnaires_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_questionnaires')),
    sa.UniqueConstraint('office_id', 'code', 'version', name=op.f('uq_questionnaires_office_id_code_version'))
    )
    op.create_table('request_keys',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('caller', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('body_hash', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_request_keys_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'caller', 'method', 'path', 'key', name=op.f('pk_request_keys')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_request_keys_at', 'request_keys', ['at'], unique=False)
    op.create_table('staff',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('username', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_staff_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_staff')),
    sa.UniqueConstraint('office_id', 'username', name=op.f('uq_staff_office_id_username'))
    )
    op.create_table('survey_tokens',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('service_id', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=True),
    sa.Column('closes_at', sa.BigInteger(), nullable=True),
    sa.Column('answered_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_survey_tokens_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'token_hash', name=op.f('pk_survey_tokens')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_survey_tokens_hash', 'survey_tokens', ['token_hash'], unique=True)
    op.create_table('tickets',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('priority', sa.Text(), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('slip_state', sa.Text(), nullable=False),
    sa.Column('track_hash', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_tickets_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('office_id', 'day', 'prefix', 'number', name=op.f('uq_tickets_office_id_day_prefix_number')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_tickets_day', 'tickets', ['office_id', 'day', 'id'], unique=False)
    op.create_index('ix_tickets_track', 'tickets', ['track_hash'], unique=True)
    op.create_table('tokens',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('revoked_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_tokens_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_tokens_token_hash'))
    )
    op.create_table('answer_items',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('answer_id', sa.BigInteger(), nullable=False),
    sa.Column('item', sa.Text(), nullable=False),
    sa.Column('aspect', sa.Text(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id', 'answer_id'], ['answers.office_id', 'answers.id'], name=op.f('fk_answer_items_office_id_answer_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_answer_items_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'answer_id', 'item', name=op.f('pk_answer_items')),
    sqlite_with_rowid=False
    )
    op.create_table('current_calls',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=False),
    sa.Column('call_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('service_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('recall', sa.Boolean(), server_default=sa.text('(false)'), nullable=False),
    sa.ForeignKeyConstraint(['office_id', 'counter_id'], ['counters.office_id', 'counters.id'], name=op.f('fk_current_calls_office_id_counter_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_current_calls_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'counter_id', name=op.f('pk_current_calls')),
    sqlite_with_rowid=False
    )
    op.create_table('services',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('division_id', sa.BigInteger(), nullable=False),
    sa.Column('icon', sa.Text(), nullable=False),
    sa.Column('name_th', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('standard_minutes', sa.Integer(), nullable=False),
    sa.Column('case_days', sa.Integer(), nullable=False),
    sa.Column('papers', sa.Text(), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('(true)'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id', 'division_id'], ['divisions.office_id', 'divisions.id'], name=op.f('fk_services_office_id_division_id')),
    sa.ForeignKeyConstraint(['office_id', 'prefix'], ['pools.office_id', 'pools.prefix'], name=op.f('fk_services_office_id_prefix')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_services_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_services')),
    sa.UniqueConstraint('office_id', 'code', name=op.f('uq_services_office_id_code'))
    )
    op.create_table('sign_ins',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=True),
    sa.Column('seen_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id', 'staff_id'], ['staff.office_id', 'staff.id'], name=op.f('fk_sign_ins_office_id_staff_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_sign_ins_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_sign_ins')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_ins_token_hash'))
    )
    op.create_table('slip_jobs',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('printer_id', sa.BigInteger(), nullable=False),
    sa.Column('slip', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('due_at', sa.BigInteger(), nullable=False),
    sa.Column('leased_until', sa.BigInteger(), nullable=True),
    sa.Column('tries', sa.Integer(), server_default='0', nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id', 'printer_id'], ['printers.office_id', 'printers.id'], name=op.f('fk_slip_jobs_office_id_printer_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_slip_jobs_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_slip_jobs'))
    )
    op.create_index('ix_slip_jobs_due', 'slip_jobs', ['due_at'], unique=False, sqlite_where=sa.text("state IN ('queued', 'failed', 'printing')"), postgresql_where=sa.text("state IN ('queued', 'failed', 'printing')"))
    op.create_index('ix_slip_jobs_ticket', 'slip_jobs', ['office_id', 'ticket_id'], unique=False)
    op.create_table('ticket_events',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('step_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=True),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('why', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['office_id', 'ticket_id'], ['tickets.office_id', 'tickets.id'], name=op.f('fk_ticket_events_office_id_ticket_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_ticket_events_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_ticket_events')),
    sqlite_with_rowid=False
    )
    op.create_index('ix_ticket_events_at', 'ticket_events', ['office_id', 'at'], unique=False)
    op.create_index('ix_ticket_events_ticket', 'ticket_events', ['office_id', 'ticket_id', 'id'], unique=False)
    op.create_table('counter_services',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=False),
    sa.Column('service_id', sa.BigInteger(), nullable=False),
    sa.Column('penalty_s', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['office_id', 'counter_id'], ['counters.office_id', 'counters.id'], name=op.f('fk_counter_services_office_id_counter_id')),
    sa.ForeignKeyConstraint(['office_id', 'service_id'], ['services.office_id', 'services.id'], name=op.f('fk_counter_services_office_id_service_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_counter_services_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'counter_id', 'service_id', name=op.f('pk_counter_services'))
    )
    op.create_table('steps',
    sa.Column('office_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('service_id', sa.BigInteger(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('counter_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('queue_at', sa.BigInteger(), nullable=False),
    sa.Column('day', sa.Text(), nullable=True),
    sa.Column('issued_at', sa.BigInteger(), nullable=True),
    sa.Column('slot_at', sa.BigInteger(), nullable=True),
    sa.Column('first_called_at', sa.BigInteger(), nullable=True),
    sa.Column('called_at', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('recalls', sa.Integer(), server_default='0', nullable=False),
    sa.Column('staff_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['office_id', 'service_id'], ['services.office_id', 'services.id'], name=op.f('fk_steps_office_id_service_id')),
    sa.ForeignKeyConstraint(['office_id', 'ticket_id'], ['tickets.office_id', 'tickets.id'], name=op.f('fk_steps_office_id_ticket_id')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_steps_office_id')),
    sa.PrimaryKeyConstraint('office_id', 'id', name=op.f('pk_steps'))
    )
    op.create_index('ix_steps_counter', 'steps', ['office_id', 'counter_id'], unique=False, sqlite_where=sa.text("state IN ('planned', 'waiting', 'called', 'serving', 'held')"), postgresql_where=sa.text("state IN ('planned', 'waiting', 'called', 'serving', 'held')"))
    op.create_index('ix_steps_day', 'steps', ['office_id', 'day'], unique=False)
    op.create_index('ix_steps_pool', 'steps', ['office_id', 'prefix', 'queue_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_steps_ticket', 'steps', ['office_id', 'ticket_id', 'position'], unique=False)
    op.create_index('ix_steps_waiting', 'steps', ['office_id', 'service_id', 'queue_at', 'id'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
