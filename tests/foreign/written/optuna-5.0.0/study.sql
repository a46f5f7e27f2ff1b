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
INSERT INTO "trial_intermediate_values" VALUES(9,5,0,1.74083281689562774374e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,0,0.572614176082582,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,4,1,4.53631862536636398797e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,4,2,4.13971091354654485705e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,4,3,3.94140705763663556915e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,5,1,1.62280877202691042882e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,5,2,1.58346742373733784248e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,5,3,1.56379674959255177135e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,6,0,8.63636058686941376905e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,7,0,2.2363833676089917013e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,6,1,5.52185211242090412397e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,8,0,1.47855964239248471869e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,8,1,1.31664325997590347938e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,8,2,1.26267113250370965893e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,6,2,4.48368262093806813073e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,6,3,0.396459787519665,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,9,0,1.74043857939327084594e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,12,0,1.9678675364158810801e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,10,0,1.78921286360836928608e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,13,0,5.86962571812300826223e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,13,1,3.49677232468026844003e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(30,13,2,2.70582119353268812922e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(31,13,3,2.31034562795889797381e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(32,14,0,9.7546824761460126929e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(33,11,0,1.10905859887350644044e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(34,14,1,8.45964001756864480974e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(35,11,1,8.23357301528549689884e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(36,17,0,5.88256913636365563746e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(37,17,1,4.07495526179328049209e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(38,17,2,3.47241730360315470349e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(39,17,3,3.1711483245080923643e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(40,16,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(41,18,0,1.30439591556291878404e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(42,21,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(43,20,0,1.03452853323522342421e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(44,23,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(45,25,0,8.69322247569192518845e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(46,24,0,NULL,'INF_POS');
INSERT INTO "trial_intermediate_values" VALUES(47,27,0,2.0,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(48,26,0,7.29866847346291258702e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(49,26,1,5.41385696151098327888e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(50,26,2,4.78558645752700573261e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(51,28,0,1.52613909283311199871e+00,'FINITE');
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
INSERT INTO "trial_params" VALUES(9,3,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(10,3,'n_units_l0',18.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(11,2,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(12,3,'n_units_l1',33.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(13,2,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(14,2,'n_units_l1',24.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(15,2,'lr',2.02286629319875770754e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(16,3,'lr',4.1054120168588934198e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(17,3,'dropout',0.5,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(18,3,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(19,3,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(20,2,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(21,4,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(22,5,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(23,5,'n_units_l0',42.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(24,5,'lr',8.03127925811908394138e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(25,5,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(26,5,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(27,5,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(28,2,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(29,2,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(30,4,'n_units_l0',35.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(31,4,'n_units_l1',27.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(32,4,'lr',4.31171005868549294531e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(33,4,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(34,4,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(35,4,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(36,6,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(37,6,'n_units_l0',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(38,6,'n_units_l1',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(39,6,'lr',3.47323655959850098942e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(40,6,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(41,6,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(42,6,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(43,8,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(44,8,'n_units_l0',50.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(45,7,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(46,7,'n_units_l0',23.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(47,7,'n_units_l1',25.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(48,7,'n_units_l2',55.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(49,7,'lr',1.6334587611069496674e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(50,7,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(51,7,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(52,7,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(53,7,'momentum',7.19242707795051283703e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(54,8,'lr',1.97260668918409695637e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(55,8,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(56,8,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(57,8,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(58,8,'momentum',7.51163104707635587153e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(59,9,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(60,9,'n_units_l0',38.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(61,9,'lr',9.25940897554238806499e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(62,9,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(63,9,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(64,9,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(65,9,'momentum',2.64252733536311568141e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(66,11,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(67,12,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(68,12,'n_units_l0',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(69,12,'lr',1.14314382205487802854e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(70,12,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(71,12,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(72,12,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(73,12,'momentum',1.3205571741522914575e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(74,10,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(75,10,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(76,10,'n_units_l1',19.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(77,10,'lr',1.94801701978781832344e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(78,10,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(79,10,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(80,10,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(81,10,'momentum',4.21008736124070248596e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(82,13,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(83,13,'n_units_l0',13.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(84,13,'lr',3.07332229767668264203e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(85,13,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(86,13,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(87,13,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(88,14,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(89,14,'n_units_l0',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(90,14,'n_units_l1',59.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(91,14,'lr',1.03862735307474404744e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(92,14,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(93,14,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(94,14,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(95,11,'n_units_l0',40.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(96,11,'n_units_l1',10.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(97,11,'lr',8.31310113377873791118e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(98,11,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(99,11,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(100,11,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(101,11,'momentum',4.10535298994893715907e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(102,17,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(103,17,'n_units_l0',17.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(104,17,'lr',4.23383704655166340918e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(105,17,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(106,17,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(107,17,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(108,15,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(109,15,'n_units_l0',33.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(110,15,'lr',5.94403679176394345202e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(111,16,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(112,16,'n_units_l0',16.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(113,16,'lr',5.82698056500567142246e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(114,16,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(115,16,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(116,16,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(117,19,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(118,19,'n_units_l0',12.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(119,19,'lr',3.77148165215347927481e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(120,19,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(121,19,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(122,19,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(123,18,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(124,18,'n_units_l0',11.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(125,18,'lr',0.000508435685596428,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(126,18,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(127,18,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(128,18,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(129,18,'momentum',5.56759846765653709788e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(130,15,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(131,15,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(132,15,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(133,21,'n_layers',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(134,21,'n_units_l0',17.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(135,21,'n_units_l1',57.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(136,21,'lr',1.83249743294622222111e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(137,21,'dropout',3.00000000000000044408e-01,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(138,21,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(139,21,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(140,20,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(141,20,'n_units_l0',9.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(142,20,'lr',1.74822486762140835714e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(143,20,'dropout',0.0,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(144,20,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(145,20,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(146,22,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(147,22,'n_units_l0',38.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(148,22,'lr',1.94180959364140910336e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(149,22,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(150,22,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(151,22,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(152,23,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(153,23,'n_units_l0',14.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(154,23,'lr',5.33796120316520428597e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(155,23,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(156,23,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(157,23,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(158,25,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(159,25,'n_units_l0',26.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(160,25,'lr',3.60561423564041824349e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(161,25,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(162,25,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(163,25,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(164,24,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(165,24,'n_units_l0',15.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(166,24,'lr',1.41026402633664732153e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(167,24,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(168,24,'batch_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(169,24,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(170,27,'n_layers',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(171,26,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(172,26,'n_units_l0',8.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(173,26,'lr',1.17585897157788553044e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(174,26,'dropout',0.4,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(175,26,'batch_size',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(176,26,'optimizer',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
INSERT INTO "trial_params" VALUES(177,26,'momentum',8.83701089726918187494e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.9, "log": false}}');
INSERT INTO "trial_params" VALUES(178,28,'n_layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(179,28,'n_units_l0',13.0,'{"name": "IntDistribution", "attributes": {"log": true, "step": 1, "low": 8, "high": 64}}');
INSERT INTO "trial_params" VALUES(180,28,'lr',1.89514250763504338292e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(181,28,'dropout',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(182,28,'batch_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, null]}}');
INSERT INTO "trial_params" VALUES(183,28,'optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd"]}}');
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
INSERT INTO "trial_system_attributes" VALUES(2,13,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.2, \"lr\": 0.0030733222976766826, \"n_layers\": 1, \"n_units_l0\": 13, \"optimizer\": \"adam\", \"n_units_l1\": 8, \"momentum\": 0.880996330397399, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(3,14,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.01038627353074744, \"n_layers\": 2, \"n_units_l0\": 12, \"optimizer\": \"adam\", \"n_units_l1\": 59, \"momentum\": 0.0003934942342485592, \"n_units_l2\": 62}"');
INSERT INTO "trial_system_attributes" VALUES(4,17,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.2, \"lr\": 0.004233837046551663, \"n_layers\": 1, \"n_units_l0\": 17, \"optimizer\": \"adam\", \"n_units_l1\": 8, \"momentum\": 0.016012182148491594, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(5,15,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.0005944036791763943, \"n_layers\": 1, \"n_units_l0\": 33, \"optimizer\": \"adam\", \"n_units_l1\": 13, \"momentum\": 0.8983166395894389, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(6,16,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.30000000000000004, \"lr\": 0.005826980565005671, \"n_layers\": 1, \"n_units_l0\": 16, \"optimizer\": \"adam\", \"n_units_l1\": 13, \"momentum\": 0.5996778569843779, \"n_units_l2\": 61}"');
INSERT INTO "trial_system_attributes" VALUES(7,19,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.03771481652153479, \"n_layers\": 1, \"n_units_l0\": 12, \"optimizer\": \"adam\", \"n_units_l1\": 49, \"momentum\": 0.027679835783109452, \"n_units_l2\": 60}"');
INSERT INTO "trial_system_attributes" VALUES(8,18,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.000508435685596428, \"n_layers\": 1, \"n_units_l0\": 11, \"optimizer\": \"sgd\", \"n_units_l1\": 54, \"momentum\": 0.5567598467656537, \"n_units_l2\": 60}"');
INSERT INTO "trial_system_attributes" VALUES(9,21,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.30000000000000004, \"lr\": 0.018324974329462222, \"n_layers\": 2, \"n_units_l0\": 17, \"optimizer\": \"adam\", \"n_units_l1\": 57, \"momentum\": 0.0018823404894917628, \"n_units_l2\": 9}"');
INSERT INTO "trial_system_attributes" VALUES(10,20,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.0, \"lr\": 0.0017482248676214084, \"n_layers\": 1, \"n_units_l0\": 9, \"optimizer\": \"adam\", \"n_units_l1\": 55, \"momentum\": 0.8643207616295638, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(11,22,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.2, \"lr\": 0.001941809593641409, \"n_layers\": 1, \"n_units_l0\": 38, \"optimizer\": \"adam\", \"n_units_l1\": 16, \"momentum\": 0.018878842962290532, \"n_units_l2\": 60}"');
INSERT INTO "trial_system_attributes" VALUES(12,23,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.2, \"lr\": 0.0005337961203165204, \"n_layers\": 1, \"n_units_l0\": 14, \"optimizer\": \"adam\", \"n_units_l1\": 15, \"momentum\": 0.0715780284240276, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(13,25,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.0036056142356404182, \"n_layers\": 1, \"n_units_l0\": 26, \"optimizer\": \"adam\", \"n_units_l1\": 15, \"momentum\": 0.051893926863780804, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(14,24,'tpe:relative_params:0','"{\"batch_size\": null, \"dropout\": 0.1, \"lr\": 0.0014102640263366473, \"n_layers\": 1, \"n_units_l0\": 15, \"optimizer\": \"adam\", \"n_units_l1\": 8, \"momentum\": 0.018952850553952405, \"n_units_l2\": 59}"');
INSERT INTO "trial_system_attributes" VALUES(15,27,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.1, \"lr\": 0.0172368584103603, \"n_layers\": 3, \"n_units_l0\": 27, \"optimizer\": \"adam\", \"n_units_l1\": 8, \"momentum\": 0.004229487308168134, \"n_units_l2\": 8}"');
INSERT INTO "trial_system_attributes" VALUES(16,26,'tpe:relative_params:0','"{\"batch_size\": 32, \"dropout\": 0.4, \"lr\": 0.0011758589715778855, \"n_layers\": 1, \"n_units_l0\": 8, \"optimizer\": \"sgd\", \"n_units_l1\": 9, \"momentum\": 0.8837010897269182, \"n_units_l2\": 59}"');
INSERT INTO "trial_system_attributes" VALUES(17,28,'tpe:relative_params:0','"{\"batch_size\": 16, \"dropout\": 0.2, \"lr\": 0.018951425076350434, \"n_layers\": 1, \"n_units_l0\": 13, \"optimizer\": \"adam\", \"n_units_l1\": 14, \"momentum\": 0.556475939078699, \"n_units_l2\": 58}"');
INSERT INTO "trial_system_attributes" VALUES(18,29,'fixed_params','{"n_layers": 1}');
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
INSERT INTO "trial_user_attributes" VALUES(2,3,'units','[18, 33]');
INSERT INTO "trial_user_attributes" VALUES(3,5,'units','[42]');
INSERT INTO "trial_user_attributes" VALUES(4,2,'units','[8, 24]');
INSERT INTO "trial_user_attributes" VALUES(5,4,'units','[35, 27]');
INSERT INTO "trial_user_attributes" VALUES(6,6,'units','[23, 10]');
INSERT INTO "trial_user_attributes" VALUES(7,7,'units','[23, 25, 55]');
INSERT INTO "trial_user_attributes" VALUES(8,8,'units','[50]');
INSERT INTO "trial_user_attributes" VALUES(9,9,'units','[38]');
INSERT INTO "trial_user_attributes" VALUES(10,12,'units','[10]');
INSERT INTO "trial_user_attributes" VALUES(11,10,'units','[9, 19]');
INSERT INTO "trial_user_attributes" VALUES(12,13,'units','[13]');
INSERT INTO "trial_user_attributes" VALUES(13,14,'units','[12, 59]');
INSERT INTO "trial_user_attributes" VALUES(14,11,'units','[40, 10]');
INSERT INTO "trial_user_attributes" VALUES(15,17,'units','[17]');
INSERT INTO "trial_user_attributes" VALUES(16,16,'units','[16]');
INSERT INTO "trial_user_attributes" VALUES(17,19,'units','[12]');
INSERT INTO "trial_user_attributes" VALUES(18,18,'units','[11]');
INSERT INTO "trial_user_attributes" VALUES(19,15,'units','[33]');
INSERT INTO "trial_user_attributes" VALUES(20,21,'units','[17, 57]');
INSERT INTO "trial_user_attributes" VALUES(21,20,'units','[9]');
INSERT INTO "trial_user_attributes" VALUES(22,22,'units','[38]');
INSERT INTO "trial_user_attributes" VALUES(23,23,'units','[14]');
INSERT INTO "trial_user_attributes" VALUES(24,25,'units','[26]');
INSERT INTO "trial_user_attributes" VALUES(25,24,'units','[15]');
INSERT INTO "trial_user_attributes" VALUES(26,26,'units','[8]');
INSERT INTO "trial_user_attributes" VALUES(27,28,'units','[13]');
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
INSERT INTO "trial_values" VALUES(3,4,0,3.34649548990690715033e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,5,0,1.50478472715819311389e+00,'FINITE');
INSERT INTO "trial_values" VALUES(5,7,0,2.2363833676089917013e+00,'FINITE');
INSERT INTO "trial_values" VALUES(6,8,0,1.26267113250370965893e+00,'FINITE');
INSERT INTO "trial_values" VALUES(7,6,0,2.40734363797239503401e-01,'FINITE');
INSERT INTO "trial_values" VALUES(8,9,0,1.74043857939327084594e+00,'FINITE');
INSERT INTO "trial_values" VALUES(9,12,0,1.9678675364158810801e+00,'FINITE');
INSERT INTO "trial_values" VALUES(10,10,0,1.78921286360836928608e+00,'FINITE');
INSERT INTO "trial_values" VALUES(11,13,0,1.12391893123752778516e-01,'FINITE');
INSERT INTO "trial_values" VALUES(12,14,0,8.45964001756864480974e-01,'FINITE');
INSERT INTO "trial_values" VALUES(13,11,0,8.23357301528549689884e-01,'FINITE');
INSERT INTO "trial_values" VALUES(14,17,0,2.26734138722290451406e-01,'FINITE');
INSERT INTO "trial_values" VALUES(15,16,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(16,18,0,1.30439591556291878404e+00,'FINITE');
INSERT INTO "trial_values" VALUES(17,21,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(18,20,0,1.03452853323522342421e+00,'FINITE');
INSERT INTO "trial_values" VALUES(19,23,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(20,24,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(21,25,0,8.69322247569192518845e-01,'FINITE');
INSERT INTO "trial_values" VALUES(22,26,0,4.78558645752700573261e-01,'FINITE');
INSERT INTO "trial_values" VALUES(23,28,0,1.52613909283311199871e+00,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-30 02:08:46.346471','2026-11-30 02:08:46.807531');
INSERT INTO "trials" VALUES(2,1,1,'FAIL','2026-11-30 02:08:46.821873','2026-11-30 02:08:47.591534');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-30 02:08:46.834109','2026-11-30 02:08:47.292098');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-30 02:08:46.828023','2026-11-30 02:08:47.791980');
INSERT INTO "trials" VALUES(5,4,1,'COMPLETE','2026-11-30 02:08:47.326313','2026-11-30 02:08:48.060481');
INSERT INTO "trials" VALUES(6,5,1,'COMPLETE','2026-11-30 02:08:47.795590','2026-11-30 02:08:48.694790');
INSERT INTO "trials" VALUES(7,6,1,'PRUNED','2026-11-30 02:08:47.888347','2026-11-30 02:08:48.539510');
INSERT INTO "trials" VALUES(8,7,1,'PRUNED','2026-11-30 02:08:48.133945','2026-11-30 02:08:48.642862');
INSERT INTO "trials" VALUES(9,8,1,'PRUNED','2026-11-30 02:08:48.664161','2026-11-30 02:08:48.943140');
INSERT INTO "trials" VALUES(10,9,1,'PRUNED','2026-11-30 02:08:48.720327','2026-11-30 02:08:49.393539');
INSERT INTO "trials" VALUES(11,10,1,'PRUNED','2026-11-30 02:08:48.669956','2026-11-30 02:08:50.257379');
INSERT INTO "trials" VALUES(12,11,1,'PRUNED','2026-11-30 02:08:48.975212','2026-11-30 02:08:49.377396');
INSERT INTO "trials" VALUES(13,12,1,'COMPLETE','2026-11-30 02:08:49.440247','2026-11-30 02:08:49.772687');
INSERT INTO "trials" VALUES(14,13,1,'PRUNED','2026-11-30 02:08:49.470215','2026-11-30 02:08:50.183187');
INSERT INTO "trials" VALUES(15,14,1,'FAIL','2026-11-30 02:08:49.786821','2026-11-30 02:08:51.467047');
INSERT INTO "trials" VALUES(16,15,1,'PRUNED','2026-11-30 02:08:50.199543','2026-11-30 02:08:51.022949');
INSERT INTO "trials" VALUES(17,16,1,'COMPLETE','2026-11-30 02:08:50.286587','2026-11-30 02:08:50.603177');
INSERT INTO "trials" VALUES(18,17,1,'PRUNED','2026-11-30 02:08:50.631054','2026-11-30 02:08:51.387702');
INSERT INTO "trials" VALUES(19,18,1,'FAIL','2026-11-30 02:08:51.042949','2026-11-30 02:08:51.245385');
INSERT INTO "trials" VALUES(20,19,1,'PRUNED','2026-11-30 02:08:51.404059','2026-11-30 02:08:52.407742');
INSERT INTO "trials" VALUES(21,20,1,'PRUNED','2026-11-30 02:08:51.485698','2026-11-30 02:08:51.759359');
INSERT INTO "trials" VALUES(22,21,1,'FAIL','2026-11-30 02:08:51.927683','2026-11-30 02:08:52.344530');
INSERT INTO "trials" VALUES(23,22,1,'PRUNED','2026-11-30 02:08:52.361094','2026-11-30 02:08:52.715133');
INSERT INTO "trials" VALUES(24,23,1,'PRUNED','2026-11-30 02:08:52.445613','2026-11-30 02:08:53.017549');
INSERT INTO "trials" VALUES(25,24,1,'PRUNED','2026-11-30 02:08:52.748544','2026-11-30 02:08:53.075586');
INSERT INTO "trials" VALUES(26,25,1,'PRUNED','2026-11-30 02:08:53.040942','2026-11-30 02:08:53.524389');
INSERT INTO "trials" VALUES(27,26,1,'RUNNING','2026-11-30 02:08:53.113981',NULL);
INSERT INTO "trials" VALUES(28,27,1,'PRUNED','2026-11-30 02:08:53.547243','2026-11-30 02:08:53.728533');
INSERT INTO "trials" VALUES(29,28,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
