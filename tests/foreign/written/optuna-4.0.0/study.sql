BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'three at once');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,0,1.47300370616352749308e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,1,1.05079278040100332347e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,2,9.10055805146828822316e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,3,8.39687317519741460714e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,3,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(6,3,1,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(7,3,2,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(8,3,3,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(9,4,0,1.3926915046512136076e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,1,1.27370919110526781281e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,2,1.23404841992328595523e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,4,3,1.21421803433229502644e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,6,0,2.13663441490192429483e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,6,1,1.82518356745707310828e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,5,0,5.70697638728125289375e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,6,2,1.72136661830878945345e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,6,3,1.66945814373464762603e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,5,1,0.452673593859408,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,7,0,1.18737290590683230995e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,7,1,7.90702864026000762365e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,7,2,6.58479516732390246502e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,7,3,0.592367843085585,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,5,2,4.13332245569835554643e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,9,0,4.67440223178288316585e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,9,1,3.54087293487763909993e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,9,2,3.16302983590922459633e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,9,3,2.97410828642501678942e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,8,0,1.83932074773922504817e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,5,3,3.93661571425049316985e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(30,11,0,1.89760810048326145071e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(31,10,0,0.920839394356316,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(32,10,1,6.89335715448805230742e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(33,10,2,0.612167822479635,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(34,10,3,5.73583875995049896623e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(35,12,0,1.89542283735714756076e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(36,14,0,7.66787920888473806257e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(37,14,1,0.637283675030737,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(38,14,2,5.94115593078158088502e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(39,14,3,5.72531552101868568271e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(40,13,0,1.17132410727349434154e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(41,13,1,9.34038767929220137276e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(42,17,0,0.970498087194929,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(43,17,1,7.89736699737891401085e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(44,17,2,7.29482903918878933247e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(45,18,0,1.39485764912575804785e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(46,16,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(47,20,0,1.14374825480975728098e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(48,20,1,0.805185341409622,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(49,21,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(50,23,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(51,24,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(52,25,0,2.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(53,26,0,1.68680833642837013641e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(54,27,0,1.27099285722539590004e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(55,28,0,1.69675962042783012861e+00,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(2,1,'n_units_l0',18.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(3,1,'n_units_l1',35.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(4,1,'lr',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(5,1,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(6,1,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(7,1,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(8,1,'momentum',3.57090726807602953929e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(9,2,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(10,2,'n_units_l0',18.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(11,2,'n_units_l1',33.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(12,2,'lr',4.1054120168588934198e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(13,2,'dropout',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(14,2,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(15,2,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(16,3,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(17,3,'n_units_l0',42.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(18,3,'lr',8.03127925811908394138e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(19,3,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(20,3,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(21,3,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(22,4,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(23,4,'n_units_l0',50.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(24,4,'lr',1.97260668918409695637e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(25,4,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(26,4,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(27,4,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(28,4,'momentum',7.51163104707635587153e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(29,6,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(30,6,'n_units_l0',38.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(31,5,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(32,6,'lr',9.25940897554238806499e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(33,6,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(34,6,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(35,6,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(36,6,'momentum',2.64252733536311568141e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(37,5,'n_units_l0',35.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(38,5,'n_units_l1',27.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(39,5,'lr',4.31171005868549294531e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(40,5,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(41,5,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(42,5,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(43,7,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(44,7,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(45,7,'n_units_l1',24.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(46,7,'lr',2.02286629319875770754e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(47,7,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(48,7,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(49,7,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(50,8,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(51,8,'n_units_l0',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(52,8,'lr',1.14314382205487802854e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(53,9,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(54,9,'n_units_l0',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(55,9,'n_units_l1',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(56,9,'lr',3.47323655959850098942e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(57,9,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(58,9,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(59,9,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(60,8,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(61,8,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(62,8,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(63,8,'momentum',1.3205571741522914575e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(64,11,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(65,11,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(66,11,'n_units_l1',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(67,11,'lr',1.94801701978781832344e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(68,10,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(69,10,'n_units_l0',34.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(70,11,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(71,11,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(72,10,'n_units_l1',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(73,10,'lr',1.74649748049391729046e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(74,10,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(75,11,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(76,10,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(77,11,'momentum',4.21008736124070248596e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(78,10,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(79,12,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(80,12,'n_units_l0',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(81,12,'n_units_l1',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(82,12,'n_units_l2',55.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(83,12,'lr',1.6334587611069496674e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(84,12,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(85,12,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(86,12,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(87,12,'momentum',7.19242707795051283703e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(88,14,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(89,14,'n_units_l0',16.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(90,14,'n_units_l1',62.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(91,14,'n_units_l2',16.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(92,14,'lr',5.10245788944395373132e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(93,14,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(94,14,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(95,14,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(96,15,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(97,15,'n_units_l0',17.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(98,15,'n_units_l1',56.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(99,15,'lr',2.39992720789745754561e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(100,15,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(101,15,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(102,15,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(103,13,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(104,13,'n_units_l0',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(105,13,'n_units_l1',61.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(106,13,'lr',1.00750351830187242878e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(107,13,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(108,13,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(109,13,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(110,17,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(111,17,'n_units_l0',52.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(112,17,'n_units_l1',13.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(113,17,'lr',1.23317493177343951403e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(114,17,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(115,17,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(116,17,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(117,18,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(118,18,'n_units_l0',24.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(119,18,'n_units_l1',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(120,18,'lr',1.4889281450376353269e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(121,18,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(122,18,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(123,18,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(124,16,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(125,16,'n_units_l0',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(126,16,'lr',0.00588782336553381,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(127,16,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(128,16,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(129,16,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(130,19,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(131,19,'n_units_l0',54.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(132,19,'n_units_l1',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(133,19,'n_units_l2',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(134,19,'lr',1.89594138177498379438e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(135,19,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(136,19,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(137,19,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(138,20,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(139,20,'n_units_l0',58.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(140,20,'n_units_l1',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(141,20,'n_units_l2',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(142,20,'lr',4.64111605026436540438e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(143,20,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(144,20,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(145,20,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(146,21,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(147,21,'n_units_l0',30.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(148,21,'n_units_l1',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(149,21,'n_units_l2',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(150,21,'lr',3.67575729857402486167e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(151,21,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(152,21,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(153,21,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(154,22,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(155,22,'n_units_l0',27.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(156,22,'lr',0.00300456379273225,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(157,22,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(158,22,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(159,22,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(160,23,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(161,23,'n_units_l0',28.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(162,23,'lr',3.56235203357155479075e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(163,23,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(164,23,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(165,23,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(166,23,'momentum',8.90979098480660258729e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(167,24,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(168,24,'n_units_l0',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(169,24,'n_units_l1',17.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(170,24,'lr',2.19552934525847306176e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(171,24,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(172,24,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(173,24,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(174,24,'momentum',2.01991436585086114874e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(175,25,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(176,26,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(177,26,'n_units_l0',11.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(178,26,'n_units_l1',33.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(179,26,'lr',2.45557931270185079292e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(180,26,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(181,26,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(182,26,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(183,27,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(184,27,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(185,27,'n_units_l1',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(186,27,'lr',6.66348755578742221739e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(187,27,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(188,27,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(189,27,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(190,28,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(191,28,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(192,28,'n_units_l1',22.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(193,28,'lr',4.48474340147070695862e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(194,28,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(195,28,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(196,28,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'fixed_params','{"n_layers": 2, "lr": 0.01}');
INSERT INTO "trial_system_attributes" VALUES(2,29,'fixed_params','{"n_layers": 1}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'units','[18, 35]');
INSERT INTO "trial_user_attributes" VALUES(2,2,'units','[18, 33]');
INSERT INTO "trial_user_attributes" VALUES(3,3,'units','[42]');
INSERT INTO "trial_user_attributes" VALUES(4,4,'units','[50]');
INSERT INTO "trial_user_attributes" VALUES(5,6,'units','[38]');
INSERT INTO "trial_user_attributes" VALUES(6,5,'units','[35, 27]');
INSERT INTO "trial_user_attributes" VALUES(7,7,'units','[8, 24]');
INSERT INTO "trial_user_attributes" VALUES(8,9,'units','[23, 10]');
INSERT INTO "trial_user_attributes" VALUES(9,8,'units','[10]');
INSERT INTO "trial_user_attributes" VALUES(10,11,'units','[9, 19]');
INSERT INTO "trial_user_attributes" VALUES(11,10,'units','[34, 9]');
INSERT INTO "trial_user_attributes" VALUES(12,12,'units','[23, 25, 55]');
INSERT INTO "trial_user_attributes" VALUES(13,14,'units','[16, 62, 16]');
INSERT INTO "trial_user_attributes" VALUES(14,15,'units','[17, 56]');
INSERT INTO "trial_user_attributes" VALUES(15,13,'units','[25, 61]');
INSERT INTO "trial_user_attributes" VALUES(16,17,'units','[52, 13]');
INSERT INTO "trial_user_attributes" VALUES(17,18,'units','[24, 12]');
INSERT INTO "trial_user_attributes" VALUES(18,16,'units','[25]');
INSERT INTO "trial_user_attributes" VALUES(19,19,'units','[54, 8, 9]');
INSERT INTO "trial_user_attributes" VALUES(20,20,'units','[58, 9, 8]');
INSERT INTO "trial_user_attributes" VALUES(21,21,'units','[30, 8, 8]');
INSERT INTO "trial_user_attributes" VALUES(22,22,'units','[27]');
INSERT INTO "trial_user_attributes" VALUES(23,23,'units','[28]');
INSERT INTO "trial_user_attributes" VALUES(24,24,'units','[25, 17]');
INSERT INTO "trial_user_attributes" VALUES(25,26,'units','[11, 33]');
INSERT INTO "trial_user_attributes" VALUES(26,27,'units','[8, 25]');
INSERT INTO "trial_user_attributes" VALUES(27,28,'units','[8, 22]');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,6.28581854638479375907e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,3,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(3,4,0,1.15472687755932224007e+00,'FINITE');
INSERT INTO "trial_values" VALUES(4,6,0,1.51373272001222214377e+00,'FINITE');
INSERT INTO "trial_values" VALUES(5,7,0,3.94032822145169270289e-01,'FINITE');
INSERT INTO "trial_values" VALUES(6,9,0,2.40734363797239503401e-01,'FINITE');
INSERT INTO "trial_values" VALUES(7,8,0,1.83932074773922504817e+00,'FINITE');
INSERT INTO "trial_values" VALUES(8,5,0,3.34649548990690715033e-01,'FINITE');
INSERT INTO "trial_values" VALUES(9,11,0,1.89760810048326145071e+00,'FINITE');
INSERT INTO "trial_values" VALUES(10,10,0,4.57832036541294506992e-01,'FINITE');
INSERT INTO "trial_values" VALUES(11,12,0,1.89542283735714756076e+00,'FINITE');
INSERT INTO "trial_values" VALUES(12,14,0,5.07779429173000229624e-01,'FINITE');
INSERT INTO "trial_values" VALUES(13,13,0,9.34038767929220137276e-01,'FINITE');
INSERT INTO "trial_values" VALUES(14,17,0,7.29482903918878933247e-01,'FINITE');
INSERT INTO "trial_values" VALUES(15,16,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(16,18,0,1.39485764912575804785e+00,'FINITE');
INSERT INTO "trial_values" VALUES(17,21,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(18,20,0,0.805185341409622,'FINITE');
INSERT INTO "trial_values" VALUES(19,23,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(20,24,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(21,26,0,1.68680833642837013641e+00,'FINITE');
INSERT INTO "trial_values" VALUES(22,27,0,1.27099285722539590004e+00,'FINITE');
INSERT INTO "trial_values" VALUES(23,28,0,1.69675962042783012861e+00,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-30 02:08:33.302613','2026-11-30 02:08:33.775073');
INSERT INTO "trials" VALUES(2,1,1,'FAIL','2026-11-30 02:08:33.826989','2026-11-30 02:08:34.037657');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-30 02:08:34.060619','2026-11-30 02:08:34.302258');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-30 02:08:34.314705','2026-11-30 02:08:34.640142');
INSERT INTO "trials" VALUES(5,4,1,'COMPLETE','2026-11-30 02:08:34.312482','2026-11-30 02:08:35.993917');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-30 02:08:34.667077','2026-11-30 02:08:35.163116');
INSERT INTO "trials" VALUES(7,6,1,'COMPLETE','2026-11-30 02:08:34.693497','2026-11-30 02:08:35.421146');
INSERT INTO "trials" VALUES(8,7,1,'PRUNED','2026-11-30 02:08:35.229746','2026-11-30 02:08:35.886225');
INSERT INTO "trials" VALUES(9,8,1,'COMPLETE','2026-11-30 02:08:35.441099','2026-11-30 02:08:35.778349');
INSERT INTO "trials" VALUES(10,9,1,'COMPLETE','2026-11-30 02:08:35.895390','2026-11-30 02:08:36.301951');
INSERT INTO "trials" VALUES(11,10,1,'PRUNED','2026-11-30 02:08:35.920783','2026-11-30 02:08:36.224927');
INSERT INTO "trials" VALUES(12,11,1,'PRUNED','2026-11-30 02:08:36.126837','2026-11-30 02:08:36.502673');
INSERT INTO "trials" VALUES(13,12,1,'PRUNED','2026-11-30 02:08:36.339182','2026-11-30 02:08:36.869320');
INSERT INTO "trials" VALUES(14,13,1,'COMPLETE','2026-11-30 02:08:36.355626','2026-11-30 02:08:36.685628');
INSERT INTO "trials" VALUES(15,14,1,'FAIL','2026-11-30 02:08:36.590894','2026-11-30 02:08:36.755087');
INSERT INTO "trials" VALUES(16,15,1,'PRUNED','2026-11-30 02:08:36.780332','2026-11-30 02:08:37.240446');
INSERT INTO "trials" VALUES(17,16,1,'PRUNED','2026-11-30 02:08:36.790965','2026-11-30 02:08:37.206314');
INSERT INTO "trials" VALUES(18,17,1,'PRUNED','2026-11-30 02:08:36.896156','2026-11-30 02:08:37.241149');
INSERT INTO "trials" VALUES(19,18,1,'FAIL','2026-11-30 02:08:37.224968','2026-11-30 02:08:37.401566');
INSERT INTO "trials" VALUES(20,19,1,'PRUNED','2026-11-30 02:08:37.262132','2026-11-30 02:08:37.589144');
INSERT INTO "trials" VALUES(21,20,1,'PRUNED','2026-11-30 02:08:37.497940','2026-11-30 02:08:37.734733');
INSERT INTO "trials" VALUES(22,21,1,'FAIL','2026-11-30 02:08:37.748708','2026-11-30 02:08:37.894015');
INSERT INTO "trials" VALUES(23,22,1,'PRUNED','2026-11-30 02:08:37.907204','2026-11-30 02:08:38.251032');
INSERT INTO "trials" VALUES(24,23,1,'PRUNED','2026-11-30 02:08:37.924180','2026-11-30 02:08:38.314662');
INSERT INTO "trials" VALUES(25,24,1,'RUNNING','2026-11-30 02:08:38.288746',NULL);
INSERT INTO "trials" VALUES(26,25,1,'PRUNED','2026-11-30 02:08:38.345182','2026-11-30 02:08:38.535608');
INSERT INTO "trials" VALUES(27,26,1,'PRUNED','2026-11-30 02:08:38.544254','2026-11-30 02:08:38.735316');
INSERT INTO "trials" VALUES(28,27,1,'PRUNED','2026-11-30 02:08:38.743743','2026-11-30 02:08:38.813043');
INSERT INTO "trials" VALUES(29,28,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'4.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
