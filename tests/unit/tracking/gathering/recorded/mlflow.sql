CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('dc11669786a5');
CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO "experiments" VALUES(0,'Default','/home/ada/digits/mlruns/0','active',1795984610454,1795984610454,'default');
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES('loss',1.0,1795984611332,'d9344afd1e704d3995a921b27cac7430',0,0);
INSERT INTO "metrics" VALUES('val/acc',0.0,1795984611400,'d9344afd1e704d3995a921b27cac7430',0,0);
INSERT INTO "metrics" VALUES('val/odd',0.0,1795984611400,'d9344afd1e704d3995a921b27cac7430',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795984611436,'d9344afd1e704d3995a921b27cac7430',1,0);
INSERT INTO "metrics" VALUES('val/acc',0.5,1795984611480,'d9344afd1e704d3995a921b27cac7430',1,0);
INSERT INTO "metrics" VALUES('val/odd',1.0,1795984611480,'d9344afd1e704d3995a921b27cac7430',1,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795984611524,'d9344afd1e704d3995a921b27cac7430',2,0);
INSERT INTO "metrics" VALUES('val/acc',6.66666666666666740681e-01,1795984611564,'d9344afd1e704d3995a921b27cac7430',2,0);
INSERT INTO "metrics" VALUES('val/odd',0.0,1795984611564,'d9344afd1e704d3995a921b27cac7430',2,1);
INSERT INTO "metrics" VALUES('loss',0.25,1795984611612,'d9344afd1e704d3995a921b27cac7430',3,0);
INSERT INTO "metrics" VALUES('val/acc',0.75,1795984611652,'d9344afd1e704d3995a921b27cac7430',3,0);
INSERT INTO "metrics" VALUES('val/odd',1.79769313486231562234e+308,1795984611652,'d9344afd1e704d3995a921b27cac7430',3,0);
INSERT INTO "metrics" VALUES('loss',0.2,1795984611696,'d9344afd1e704d3995a921b27cac7430',4,0);
INSERT INTO "metrics" VALUES('val/acc',0.8,1795984611735,'d9344afd1e704d3995a921b27cac7430',4,0);
INSERT INTO "metrics" VALUES('val/odd',4.0,1795984611735,'d9344afd1e704d3995a921b27cac7430',4,0);
INSERT INTO "metrics" VALUES('loss',1.0,1795984611878,'b0caa45ad67b48e29dbb46cfc005e616',0,0);
INSERT INTO "metrics" VALUES('val/acc',0.0,1795984611920,'b0caa45ad67b48e29dbb46cfc005e616',0,0);
INSERT INTO "metrics" VALUES('val/odd',0.0,1795984611920,'b0caa45ad67b48e29dbb46cfc005e616',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795984611959,'b0caa45ad67b48e29dbb46cfc005e616',1,0);
INSERT INTO "metrics" VALUES('val/acc',0.5,1795984611994,'b0caa45ad67b48e29dbb46cfc005e616',1,0);
INSERT INTO "metrics" VALUES('val/odd',1.0,1795984611994,'b0caa45ad67b48e29dbb46cfc005e616',1,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795984612040,'b0caa45ad67b48e29dbb46cfc005e616',2,0);
INSERT INTO "metrics" VALUES('val/acc',6.66666666666666740681e-01,1795984612072,'b0caa45ad67b48e29dbb46cfc005e616',2,0);
INSERT INTO "metrics" VALUES('val/odd',0.0,1795984612072,'b0caa45ad67b48e29dbb46cfc005e616',2,1);
INSERT INTO "metrics" VALUES('loss',0.25,1795984612108,'b0caa45ad67b48e29dbb46cfc005e616',3,0);
INSERT INTO "metrics" VALUES('val/acc',0.75,1795984612132,'b0caa45ad67b48e29dbb46cfc005e616',3,0);
INSERT INTO "metrics" VALUES('val/odd',1.79769313486231562234e+308,1795984612132,'b0caa45ad67b48e29dbb46cfc005e616',3,0);
INSERT INTO "metrics" VALUES('loss',0.2,1795984612164,'b0caa45ad67b48e29dbb46cfc005e616',4,0);
INSERT INTO "metrics" VALUES('val/acc',0.8,1795984612180,'b0caa45ad67b48e29dbb46cfc005e616',4,0);
INSERT INTO "metrics" VALUES('val/odd',4.0,1795984612180,'b0caa45ad67b48e29dbb46cfc005e616',4,0);
INSERT INTO "metrics" VALUES('loss',9.0,1795984612296,'8f0a6d9f665046568e74ea83af190715',0,0);
INSERT INTO "metrics" VALUES('loss',5.0,1795984612440,'773d8671aabb402999cd252b85b92870',0,0);
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES('d9344afd1e704d3995a921b27cac7430','first','UNKNOWN','','','ada','FINISHED',1795984611247,1795984611773,'','active','/home/ada/digits/mlruns/0/d9344afd1e704d3995a921b27cac7430/artifacts',0,NULL);
INSERT INTO "runs" VALUES('b0caa45ad67b48e29dbb46cfc005e616','second','UNKNOWN','','','ada','FINISHED',1795984611833,1795984612224,'','active','/home/ada/digits/mlruns/0/b0caa45ad67b48e29dbb46cfc005e616/artifacts',0,NULL);
INSERT INTO "runs" VALUES('8f0a6d9f665046568e74ea83af190715','theirs','UNKNOWN','','','ada','FINISHED',1795984612258,1795984612340,'','active','/home/ada/digits/mlruns/0/8f0a6d9f665046568e74ea83af190715/artifacts',0,NULL);
INSERT INTO "runs" VALUES('773d8671aabb402999cd252b85b92870','unmarked','UNKNOWN','','','ada','FINISHED',1795984612387,1795984612480,'','active','/home/ada/digits/mlruns/0/773d8671aabb402999cd252b85b92870/artifacts',0,NULL);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES('mlflow.user','ada','d9344afd1e704d3995a921b27cac7430');
INSERT INTO "tags" VALUES('mlflow.source.name','t.py','d9344afd1e704d3995a921b27cac7430');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','d9344afd1e704d3995a921b27cac7430');
INSERT INTO "tags" VALUES('crispdm.job','one','d9344afd1e704d3995a921b27cac7430');
INSERT INTO "tags" VALUES('mlflow.runName','first','d9344afd1e704d3995a921b27cac7430');
INSERT INTO "tags" VALUES('mlflow.user','ada','b0caa45ad67b48e29dbb46cfc005e616');
INSERT INTO "tags" VALUES('mlflow.source.name','t.py','b0caa45ad67b48e29dbb46cfc005e616');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','b0caa45ad67b48e29dbb46cfc005e616');
INSERT INTO "tags" VALUES('crispdm.job','one','b0caa45ad67b48e29dbb46cfc005e616');
INSERT INTO "tags" VALUES('mlflow.runName','second','b0caa45ad67b48e29dbb46cfc005e616');
INSERT INTO "tags" VALUES('mlflow.user','ada','8f0a6d9f665046568e74ea83af190715');
INSERT INTO "tags" VALUES('mlflow.source.name','t.py','8f0a6d9f665046568e74ea83af190715');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','8f0a6d9f665046568e74ea83af190715');
INSERT INTO "tags" VALUES('crispdm.job','other','8f0a6d9f665046568e74ea83af190715');
INSERT INTO "tags" VALUES('mlflow.runName','theirs','8f0a6d9f665046568e74ea83af190715');
INSERT INTO "tags" VALUES('mlflow.user','ada','773d8671aabb402999cd252b85b92870');
INSERT INTO "tags" VALUES('mlflow.source.name','t.py','773d8671aabb402999cd252b85b92870');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','773d8671aabb402999cd252b85b92870');
INSERT INTO "tags" VALUES('mlflow.runName','unmarked','773d8671aabb402999cd252b85b92870');
