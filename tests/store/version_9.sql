BEGIN TRANSACTION;
CREATE TABLE depthgauge_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT depthgauge_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "depthgauge_version" VALUES('0009');
CREATE TABLE events (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	content TEXT NOT NULL, 
	happened VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, number), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE TABLE foreign_trials (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	setting TEXT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	value FLOAT, 
	reason TEXT NOT NULL, 
	curve BLOB NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, number), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE TABLE leases (
	study VARCHAR(80) NOT NULL, 
	owner VARCHAR(32) NOT NULL, 
	host VARCHAR(255) NOT NULL, 
	pid INTEGER NOT NULL, 
	machine VARCHAR(80) NOT NULL, 
	command TEXT NOT NULL, 
	acquired FLOAT NOT NULL, 
	heartbeat FLOAT NOT NULL, 
	expires FLOAT NOT NULL, 
	beats INTEGER NOT NULL, 
	PRIMARY KEY (study)
);
CREATE TABLE proposals (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	cell TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	setting TEXT, 
	asked INTEGER NOT NULL, 
	told INTEGER, 
	value FLOAT, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, cell, number), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
INSERT INTO "proposals" VALUES(1,2,'depth 1',0,'{"width": 8}',0,NULL,NULL);
CREATE TABLE reference_runs (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	model VARCHAR(80) NOT NULL, 
	samples INTEGER NOT NULL, 
	label_noise FLOAT NOT NULL, 
	replicate INTEGER NOT NULL, 
	"values" TEXT NOT NULL, 
	items BLOB NOT NULL, 
	reason TEXT NOT NULL, 
	predicted TEXT DEFAULT '[]' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, model, samples, label_noise, replicate), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
INSERT INTO "reference_runs" VALUES(1,1,'logistic regression',0,0.0,0,'{"accuracy": [1.0, 0.75, 0.35]}',X'924920','','[]');
INSERT INTO "reference_runs" VALUES(2,1,'gradient-boosted trees',40,0.2,1,'{}',X'','no memory','[]');
CREATE TABLE studies (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	spec TEXT NOT NULL, 
	dataset_sha256 VARCHAR(64) NOT NULL, 
	facts TEXT NOT NULL, 
	created VARCHAR(32) NOT NULL, 
	verdict TEXT, 
	code_sha256 VARCHAR(64), 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "studies" VALUES(1,'small','{"name":"small","description":"","dataset":"digits","data":{"target":null,"drop":[],"categorical":[],"test":null,"test_share":0.2,"scheme":null,"folds":5,"aside":false,"group":null,"time":null,"weight":null},"task":"classification","metric":"accuracy","metrics":[],"positive":null,"weighted_metrics":false,"inference":"new data","model":null,"axis_words":null,"engine":"keras","seed":0,"validation":0.1,"replicates":2,"replicates_at_most":20,"trials_at_most":null,"searches":null,"reading":"tail","margin":null,"alpha":0.05,"baseline":null,"network":{"hidden":null,"depth":2,"width":128,"profile":"constant","activation":"relu","dropout":0.0,"l2":0.0,"batch_norm":false,"input_dropout":0.0,"l1":0.0,"max_norm":0.0,"layer_norm":false,"residual":false,"initializer":"glorot_uniform","loss":"cross-entropy","label_smoothing":0.0,"class_weights":"none","optimizer":"adam","learning_rate":0.001,"momentum":null,"nesterov":false,"weight_decay":null,"clip_norm":0.0,"schedule":"constant","decay":null,"decay_epochs":null,"warmup_epochs":0,"batch_size":32,"label_noise":0.0,"samples":"all","epochs":10,"evaluate_every":1,"halt":null},"space":{"depth":{"role":"scientific","values":[1,2],"low":null,"high":null,"log":false,"zero":false}},"search":null,"confirm":null,"arms":[]}','hash','{"sizes":[1293,144,360],"inputs":64,"classes":10,"versions":{"python":"3"},"command":"depthgauge run","labels":["0","1","2","3","4","5","6","7","8","9"],"data_notes":[],"proposer":null,"parts":"","data_traps":[],"references_left_out":[],"why_keras":"","target_deviation":null,"groups":[]}','2026-11-30T20:23:58+00:00',NULL,NULL);
INSERT INTO "studies" VALUES(2,'searched','{"name":"searched","description":"","dataset":"digits","data":{"target":null,"drop":[],"categorical":[],"test":null,"test_share":0.2,"scheme":null,"folds":5,"aside":false,"group":null,"time":null,"weight":null},"task":"classification","metric":"accuracy","metrics":[],"positive":null,"weighted_metrics":false,"inference":"new data","model":null,"axis_words":null,"engine":"keras","seed":0,"validation":0.1,"replicates":2,"replicates_at_most":20,"trials_at_most":null,"searches":null,"reading":"tail","margin":null,"alpha":0.05,"baseline":"default","network":{"hidden":null,"depth":2,"width":128,"profile":"constant","activation":"relu","dropout":0.0,"l2":0.0,"batch_norm":false,"input_dropout":0.0,"l1":0.0,"max_norm":0.0,"layer_norm":false,"residual":false,"initializer":"glorot_uniform","loss":"cross-entropy","label_smoothing":0.0,"class_weights":"none","optimizer":"adam","learning_rate":0.001,"momentum":null,"nesterov":false,"weight_decay":null,"clip_norm":0.0,"schedule":"constant","decay":null,"decay_epochs":null,"warmup_epochs":0,"batch_size":32,"label_noise":0.0,"samples":"all","epochs":10,"evaluate_every":1,"halt":null},"space":{"depth":{"role":"scientific","values":[1,2],"low":null,"high":null,"log":false,"zero":false},"width":{"role":"nuisance","values":null,"low":8.0,"high":16.0,"log":false,"zero":false}},"search":{"proposer":"optuna:tpe","trials":2,"stop":true,"pruner":"none"},"confirm":null,"arms":[]}','hash','{"sizes":[1293,144,360],"inputs":64,"classes":10,"versions":{"python":"3"},"command":"depthgauge run","labels":["0","1","2","3","4","5","6","7","8","9"],"data_notes":[],"proposer":null,"parts":"","data_traps":[],"references_left_out":[],"why_keras":"","target_deviation":null,"groups":[]}','2026-11-30T20:23:58+00:00',NULL,NULL);
CREATE TABLE tested_rows (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	replicate INTEGER NOT NULL, 
	rows BLOB NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, replicate), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
CREATE TABLE trials (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	"key" VARCHAR(16) NOT NULL, 
	replicate INTEGER NOT NULL, 
	configuration TEXT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	reason TEXT NOT NULL, 
	diverged_epoch INTEGER, 
	trajectory BLOB NOT NULL, 
	class_accuracy BLOB NOT NULL, 
	compile_seconds FLOAT NOT NULL, 
	train_seconds FLOAT NOT NULL, 
	peak_memory BIGINT NOT NULL, 
	finished VARCHAR(32) NOT NULL, 
	metrics TEXT DEFAULT 'accuracy cross_entropy' NOT NULL, 
	item_index TEXT DEFAULT '[]' NOT NULL, 
	items BLOB DEFAULT '' NOT NULL, 
	engine VARCHAR(16) DEFAULT 'keras' NOT NULL, 
	cpu TEXT DEFAULT '' NOT NULL, 
	predicted TEXT DEFAULT '[]' NOT NULL, 
	parameters BIGINT, 
	PRIMARY KEY (id), 
	UNIQUE (study_id, "key", replicate), 
	FOREIGN KEY(study_id) REFERENCES studies (id) ON DELETE CASCADE
);
INSERT INTO "trials" VALUES(1,1,'b66c033af105812c',0,'{"hidden": [128], "activation": "relu", "dropout": 0.0, "l2": 0.0, "batch_norm": false, "epochs": 10, "optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "label_noise": 0.0, "samples": null, "evaluate_every": 1, "halt": null}','finished','',NULL,X'000000000000F03F000000000000F03FEC5D756FFD29EC3FEC5D756FFD29EC3F0000000000000000A010558414B0BE3FA010558414B0BE3F000000000000E03F0000000000000040000000000000F03FEC5D756FFD29EC3FEC5D756FFD29EC3F0000000000000000A010558414B0BE3FA010558414B0BE3F000000000000E03F0000000000000840000000000000F03FEC5D756FFD29EC3FEC5D756FFD29EC3F0000000000000000A010558414B0BE3FA010558414B0BE3F000000000000E03F',X'000000000000E03F000000000000D03F',0.0,1.5,1000000000,'2026-11-30T20:23:58+00:00','accuracy cross_entropy','[["accuracy", "last", true, 3], ["accuracy", "tail", true, 3], ["accuracy", "best", true, 3]]',X'E02A70E02A70883320','keras','scripted','[]',NULL);
INSERT INTO "trials" VALUES(2,1,'8d2ec5da58d002ea',0,'{"hidden": [128, 128], "activation": "relu", "dropout": 0.0, "l2": 0.0, "batch_norm": false, "epochs": 10, "optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "label_noise": 0.0, "samples": null, "evaluate_every": 1, "halt": null}','finished','',NULL,X'000000000000F03F000000000000F03F48ED37652686EB3F48ED37652686EB3F0000000000000000E04A206B66E7C13FE04A206B66E7C13F000000000000E03F0000000000000040000000000000F03F48ED37652686EB3F48ED37652686EB3F0000000000000000E04A206B66E7C13FE04A206B66E7C13F000000000000E03F0000000000000840000000000000F03F48ED37652686EB3F48ED37652686EB3F0000000000000000E04A206B66E7C13FE04A206B66E7C13F000000000000E03F',X'000000000000E03F000000000000D03F',0.0,1.5,1000000000,'2026-11-30T20:23:58+00:00','accuracy cross_entropy','[["accuracy", "last", true, 3], ["accuracy", "tail", true, 3], ["accuracy", "best", true, 3]]',X'E02A70E02A70883320','keras','scripted','[]',NULL);
INSERT INTO "trials" VALUES(3,1,'b66c033af105812c',1,'{"hidden": [128], "activation": "relu", "dropout": 0.0, "l2": 0.0, "batch_norm": false, "epochs": 10, "optimizer": "adam", "learning_rate": 0.001, "batch_size": 32, "label_noise": 0.0, "samples": null, "evaluate_every": 1, "halt": null}','finished','',NULL,X'000000000000F03F000000000000F03FC90DA980CA2BEC3FC90DA980CA2BEC3F0000000000000000B891B7FAABA1BE3FB891B7FAABA1BE3F000000000000E03F0000000000000040000000000000F03FC90DA980CA2BEC3FC90DA980CA2BEC3F0000000000000000B891B7FAABA1BE3FB891B7FAABA1BE3F000000000000E03F0000000000000840000000000000F03FC90DA980CA2BEC3FC90DA980CA2BEC3F0000000000000000B891B7FAABA1BE3FB891B7FAABA1BE3F000000000000E03F',X'000000000000E03F000000000000D03F',0.0,1.5,1000000000,'2026-11-30T20:23:58+00:00','accuracy cross_entropy','[["accuracy", "last", true, 3], ["accuracy", "tail", true, 3], ["accuracy", "best", true, 3]]',X'5A97E05A97E0C32160','keras','scripted','[]',NULL);
CREATE INDEX trials_by_state ON trials (study_id, state);
COMMIT;
